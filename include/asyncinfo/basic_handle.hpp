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

/// What a handle that knows the kind of its operation has beside the members of `IAsyncInfo`;
/// `Handle` is that kind.
template <typename Handle>
class [[nodiscard]] ASYNCINFO_VISIBLE basic_handle : public IAsyncInfo {
public:
    using IAsyncInfo::IAsyncInfo;
    /// What the operation reports while it runs.
    using progress_type = void;
    using completed_handler = delegate<Handle, AsyncStatus>;

    /// Sets the handler to be called when the operation has ended; see `delegate`.
    ///
    /// Errors: `errc::illegal_delegate_assignment` if it has been set before, be it to null.
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
