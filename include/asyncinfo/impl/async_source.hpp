//
// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0
//
#ifndef ASYNCINFO_IMPL_ASYNC_SOURCE_HPP
#define ASYNCINFO_IMPL_ASYNC_SOURCE_HPP

#include <asyncinfo/async_source.hpp>
#include <asyncinfo/detail/base/null_callable.hpp>

#include <boost/asio/error.hpp>
#include <boost/system/errc.hpp>

#include <utility>

namespace asyncinfo {

template <typename T, typename P>
async_source<T, P>::async_source(std::string_view name)
    : handle_(detail::handle_access::make<handle_type>(
          block::start([](block& made) { made.accept_cancel(); }, name))) {}

template <typename T, typename P>
async_source<T, P>::~async_source() {
    end_by([](block& ended) { ended.fail(errc::abandoned); });
}

template <typename T, typename P>
auto async_source<T, P>::operation() const -> handle_type {
    if (!handle_)
        detail::throw_refusal(nullptr, errc::empty_handle, "async_source::operation");
    return handle_;
}

template <typename T, typename P>
template <typename... Args>
    requires detail::makes_result<T, Args...>
bool async_source<T, P>::set_value(Args&&... args) const {
    return end_by([&](block& ended) {
        ended.set_result(std::forward<Args>(args)...);
        ended.succeed();
    });
}

template <typename T, typename P>
template <typename... Part>
    requires detail::makes_part<T, Part...>
bool async_source<T, P>::set_error(const boost::system::error_code& error, Part&&... part) const {
    if (!error.failed())
        detail::throw_refusal(nullptr, make_error_code(boost::system::errc::invalid_argument),
                              "async_source::set_error");
    return fail(error, std::forward<Part>(part)...);
}

template <typename T, typename P>
template <typename... Part>
    requires detail::makes_part<T, Part...>
bool async_source<T, P>::set_error(std::exception_ptr error, Part&&... part) const {
    if (!error)
        detail::throw_refusal(nullptr, make_error_code(boost::system::errc::invalid_argument),
                              "async_source::set_error");
    return fail(std::move(error), std::forward<Part>(part)...);
}

template <typename T, typename P>
template <typename... Part>
    requires detail::makes_part<T, Part...>
bool async_source<T, P>::set_canceled(Part&&... part) const {
    return set_error(boost::asio::error::operation_aborted, std::forward<Part>(part)...);
}

template <typename T, typename P>
template <typename... Args>
    requires(!std::is_void_v<T> && detail::makes_result<T, Args...>)
bool async_source<T, P>::set_partial_result(Args&&... args) const {
    const auto running = target();
    return running && running->publish(std::forward<Args>(args)...);
}

template <typename T, typename P>
template <typename Progress>
    requires(!std::is_void_v<P> && std::convertible_to<Progress, P>)
bool async_source<T, P>::report(Progress&& progress) const {
    const auto running = target();
    return running && running->report(std::forward<Progress>(progress));
}

template <typename T, typename P>
template <typename F>
    requires detail::cancel_callable<F>
bool async_source<T, P>::on_cancel(F&& f) const {
    const auto running = target();
    return running &&
           running->bridge().replace(detail::is_null_callable(f)
                                         ? nullptr
                                         : detail::cancel_callback::make(std::forward<F>(f)));
}

template <typename T, typename P>
bool async_source<T, P>::on_cancel(std::nullptr_t) const noexcept {
    const auto running = target();
    return running && running->bridge().replace(nullptr);
}

template <typename T, typename P>
auto async_source<T, P>::target() const noexcept -> boost::intrusive_ptr<block> {
    return static_cast<block*>(detail::handle_access::operation(handle_).get());
}

template <typename T, typename P>
template <typename Error, typename... Part>
bool async_source<T, P>::fail(Error error, Part&&... part) const {
    return end_by([&](block& ended) {
        if constexpr (sizeof...(Part) != 0)
            ended.set_result(std::forward<Part>(part)...);
        ended.fail(std::move(error));
    });
}

template <typename T, typename P>
template <typename Store>
bool async_source<T, P>::end_by(Store store) const {
    const auto ended = target();
    return ended && ended->end_by([&] { store(*ended); });
}

} // namespace asyncinfo

#endif // ASYNCINFO_IMPL_ASYNC_SOURCE_HPP
