//
// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0
//
#ifndef ASYNCINFO_IMPL_ASYNC_COMPLETED_HANDLER_HPP
#define ASYNCINFO_IMPL_ASYNC_COMPLETED_HANDLER_HPP

#include <asyncinfo/async_completed_handler.hpp>

#include <boost/asio/associated_allocator.hpp>
#include <boost/asio/associated_executor.hpp>
#include <boost/asio/bind_allocator.hpp>
#include <boost/asio/dispatch.hpp>

#include <memory>
#include <utility>

namespace asyncinfo::detail {

/// Answers itself as the associated executor of what has none of its own.
struct no_executor {};

template <typename T>
inline constexpr bool has_associated_executor =
    !std::is_same_v<typename boost::asio::associated_executor<T, no_executor>::type, no_executor>;

template <typename Sender, typename Callable>
class completed_callable final : public completed_target {
    using allocator_type = boost::asio::associated_allocator_t<Callable>;
    using traits =
        typename std::allocator_traits<allocator_type>::template rebind_traits<completed_callable>;
    using node_allocator = typename traits::allocator_type;

public:
    explicit completed_callable(Callable&& callable) : callable_(std::move(callable)) {}

    template <typename C>
    static completed_ptr make(C&& given) {
        Callable callable(std::forward<C>(given));
        node_allocator allocator(boost::asio::get_associated_allocator(callable));
        struct guard {
            node_allocator& allocator;
            completed_callable* memory;
            ~guard() {
                if (memory)
                    traits::deallocate(allocator, memory, 1);
            }
        } releasing{allocator, std::to_address(traits::allocate(allocator, 1))};
        completed_ptr made(::new (static_cast<void*>(releasing.memory))
                               completed_callable(std::move(callable)));
        releasing.memory = nullptr;
        return made;
    }

    void run(operation_ptr operation, AsyncStatus status) override {
        Sender sender(std::move(operation));
        if constexpr (has_associated_executor<Callable>) {
            auto call = [self = boost::intrusive_ptr<completed_callable>(this),
                         sender = std::move(sender), status] { self->callable_(sender, status); };
            boost::asio::dispatch(
                boost::asio::get_associated_executor(callable_),
                boost::asio::bind_allocator(boost::asio::get_associated_allocator(callable_),
                                            std::move(call)));
        } else {
            callable_(std::as_const(sender), status);
        }
    }

private:
    void destroy() noexcept override {
        node_allocator allocator(boost::asio::get_associated_allocator(callable_));
        std::destroy_at(this);
        traits::deallocate(allocator, this, 1);
    }

    Callable callable_;
};

} // namespace asyncinfo::detail

namespace asyncinfo {

template <typename Sender>
template <typename Callable>
    requires(!std::same_as<std::remove_cvref_t<Callable>, completed_handler<Sender>> &&
             std::invocable<std::decay_t<Callable>&, const Sender&, AsyncStatus>)
completed_handler<Sender>::completed_handler(Callable&& callable) {
    // Null of what can be null: a function pointer, std::function.
    if constexpr (std::is_pointer_v<std::remove_cvref_t<Callable>> ||
                  (std::is_class_v<std::remove_cvref_t<Callable>> &&
                   std::is_constructible_v<std::remove_cvref_t<Callable>, std::nullptr_t> &&
                   requires { static_cast<bool>(callable == nullptr); }))
        if (callable == nullptr)
            return;
    target_ = detail::completed_callable<Sender, std::decay_t<Callable>>::make(
        std::forward<Callable>(callable));
}

template <typename Sender>
void completed_handler<Sender>::operator()(const Sender& sender, AsyncStatus status) const {
    target_->run(sender.operation(), status);
}

} // namespace asyncinfo

#endif // ASYNCINFO_IMPL_ASYNC_COMPLETED_HANDLER_HPP
