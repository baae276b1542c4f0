//
// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0
//
#ifndef ASYNCINFO_BASIC_HANDLE_HPP
#define ASYNCINFO_BASIC_HANDLE_HPP

#include <asyncinfo/async_completed_handler.hpp>
#include <asyncinfo/async_info.hpp>
#include <asyncinfo/detail/block/result.hpp>

#include <type_traits>
#include <utility>

namespace asyncinfo {

/// The member `Completed`, which every handle has but `IAsyncInfo`: its handler is given a handle
/// of the operation's own kind. `Handle` is that kind.
///
/// Example:
///
///     read.Completed(asio::bind_executor(gui, [&](const auto& sender, AsyncStatus status) {
///         if (status == AsyncStatus::Completed)
///             show(sender.GetResults());
///     }));
template <typename Handle>
class [[nodiscard]] ASYNCINFO_VISIBLE basic_handle : public IAsyncInfo {
public:
    using IAsyncInfo::IAsyncInfo;
    /// The type of what the operation reports while it runs.
    using progress_type = void;
    /// The type of its Completed handler.
    using completed_handler = delegate<Handle, AsyncStatus>;

    /// Sets the handler that is called once the operation has ended; `delegate` says where. If the
    /// operation has ended already, it is called before this returns, or dispatched to its
    /// executor.
    ///
    /// Errors: `errc::illegal_delegate_assignment` if the handler was set before, also if that one
    /// was null.
    void Completed(completed_handler handler) const;
    void Completed(completed_handler handler, boost::system::error_code& error) const;

    /// The handler that was set and has not been called yet, or null.
    completed_handler Completed() const;
    completed_handler Completed(boost::system::error_code& error) const noexcept;

protected:
    explicit basic_handle(detail::operation_ptr operation) noexcept
        : IAsyncInfo(std::move(operation)) {}

    /// The throwing spelling of a member that reads the result: throws what the operation ended by,
    /// or what stands against the call.
    template <typename Member>
    auto result_or_throw(const char* name, Member member) const {
        boost::system::error_code error;
        if constexpr (std::is_void_v<decltype(member(error))>) {
            member(error);
            if (error)
                detail::throw_failure(operation().get(), error, name);
        } else {
            auto value = member(error);
            if (error)
                detail::throw_failure(operation().get(), error, name);
            return value;
        }
    }
};

template <typename Handle>
void basic_handle<Handle>::Completed(completed_handler handler) const {
    or_throw("Completed", [&](auto& error) { Completed(std::move(handler), error); });
}

template <typename Handle>
void basic_handle<Handle>::Completed(completed_handler handler,
                                     boost::system::error_code& error) const {
    if (auto* operation = usable(error))
        operation->set_completed(detail::delegate_access::take(std::move(handler)), error);
}

template <typename Handle>
auto basic_handle<Handle>::Completed() const -> completed_handler {
    return or_throw("Completed", [&](auto& error) { return Completed(error); });
}

template <typename Handle>
auto basic_handle<Handle>::Completed(boost::system::error_code& error) const noexcept
    -> completed_handler {
    auto* operation = usable(error);
    return detail::delegate_access::make<completed_handler>(operation ? operation->completed()
                                                                      : nullptr);
}

} // namespace asyncinfo

#endif // ASYNCINFO_BASIC_HANDLE_HPP
