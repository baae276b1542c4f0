//
// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0
//
#ifndef ASYNCINFO_IMPL_ASYNC_COMPLETED_HANDLER_HPP
#define ASYNCINFO_IMPL_ASYNC_COMPLETED_HANDLER_HPP

#include <asyncinfo/async_completed_handler.hpp>
#include <asyncinfo/detail/base/null_callable.hpp>
#include <asyncinfo/detail/handle/delegate_callable.hpp>
#include <asyncinfo/detail/handle/handle_access.hpp>

#include <functional>
#include <memory>
#include <type_traits>
#include <utility>

namespace asyncinfo::detail {

/// From a delegate to its target and back.
struct delegate_access {
    template <typename Delegate, typename Argument>
    static Delegate make(target_ptr<Argument> target) noexcept {
        return Delegate(std::move(target));
    }

    template <typename Sender, typename Argument>
    static target_ptr<Argument> take(delegate<Sender, Argument>&& handler) noexcept {
        return std::move(handler.target_);
    }
};

template <typename T, typename Method, typename Sender, typename Argument>
void call_method(T& object, Method method, const Sender& sender, const Argument& argument) {
    constexpr bool fits = std::is_invocable_v<Method, T&, const Sender&, const Argument&>;
    static_assert(fits,
                  "asyncinfo: the member of a handler {object, &Class::member} is called with "
                  "(const Sender&, const Argument&)");
    if constexpr (fits)
        std::invoke(method, object, sender, argument);
}

} // namespace asyncinfo::detail

namespace asyncinfo {

template <typename Sender, typename Argument>
template <typename Callable>
    requires(!std::same_as<std::remove_cvref_t<Callable>, delegate<Sender, Argument>> &&
             std::invocable<std::decay_t<Callable>&, const Sender&, const Argument&>)
delegate<Sender, Argument>::delegate(Callable&& callable) {
    if (detail::is_null_callable(callable))
        return;
    target_ = detail::make_delegate_target<Sender, Argument, std::decay_t<Callable>>(
        std::forward<Callable>(callable));
}

template <typename Sender, typename Argument>
template <typename T, typename Method>
delegate<Sender, Argument>::delegate(T* object, Method method)
    : delegate([object, method](const Sender& sender, const Argument& argument) {
          detail::call_method(*object, method, sender, argument);
      }) {}

template <typename Sender, typename Argument>
template <typename T, typename Method>
delegate<Sender, Argument>::delegate(std::shared_ptr<T> object, Method method)
    : delegate(
          [object = std::move(object), method](const Sender& sender, const Argument& argument) {
              detail::call_method(*object, method, sender, argument);
          }) {}

template <typename Sender, typename Argument>
template <typename T, typename Method>
delegate<Sender, Argument>::delegate(std::weak_ptr<T> object, Method method)
    : delegate([object = std::move(object), method = std::move(method)](
                   const Sender& sender, const Argument& argument) mutable {
          const std::shared_ptr<T> kept = object.lock();
          if (!kept)
              return;
          if constexpr (std::is_member_pointer_v<Method>)
              detail::call_method(*kept, method, sender, argument);
          else
              method(sender, argument);
      }) {}

template <typename Sender, typename Argument>
void delegate<Sender, Argument>::operator()(const Sender& sender, const Argument& argument) const {
    target_->run(detail::handle_access::operation(sender), argument);
}

} // namespace asyncinfo

#endif // ASYNCINFO_IMPL_ASYNC_COMPLETED_HANDLER_HPP
