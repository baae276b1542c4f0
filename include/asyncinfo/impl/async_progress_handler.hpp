//
// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0
//
#ifndef ASYNCINFO_IMPL_ASYNC_PROGRESS_HANDLER_HPP
#define ASYNCINFO_IMPL_ASYNC_PROGRESS_HANDLER_HPP

#include <asyncinfo/async_progress_handler.hpp>

#include <utility>

namespace asyncinfo {

template <typename Base, typename Handle, typename P>
detail::progress_state<P>*
basic_progress<Base, Handle, P>::place(boost::system::error_code& error) const noexcept {
    using block_type = detail::block_t<typename Handle::result_type, P>;
    return static_cast<block_type*>(this->usable(error));
}

template <typename Base, typename Handle, typename P>
void basic_progress<Base, Handle, P>::Progress(progress_handler handler) const {
    this->or_throw("Progress", [&](auto& error) { this->Progress(std::move(handler), error); });
}

template <typename Base, typename Handle, typename P>
void basic_progress<Base, Handle, P>::Progress(progress_handler handler,
                                               boost::system::error_code& error) const noexcept {
    if (auto* place = this->place(error))
        place->set_progress(detail::delegate_access::take(std::move(handler)));
}

template <typename Base, typename Handle, typename P>
auto basic_progress<Base, Handle, P>::Progress() const -> progress_handler {
    return this->or_throw("Progress", [&](auto& error) { return this->Progress(error); });
}

template <typename Base, typename Handle, typename P>
auto basic_progress<Base, Handle, P>::Progress(boost::system::error_code& error) const noexcept
    -> progress_handler {
    auto* place = this->place(error);
    return detail::delegate_access::make<progress_handler>(place ? place->progress() : nullptr);
}

template <typename Base, typename Handle, typename P>
std::optional<P> basic_progress<Base, Handle, P>::progress() const {
    return this->or_throw("progress", [&](auto& error) { return this->progress(error); });
}

template <typename Base, typename Handle, typename P>
std::optional<P> basic_progress<Base, Handle, P>::progress(boost::system::error_code& error) const {
    auto* place = this->place(error);
    if (!place)
        return std::nullopt;
    auto latest = place->latest();
    if (!latest)
        this->usable(error); // Close may have come in between
    return latest;
}

} // namespace asyncinfo

#endif // ASYNCINFO_IMPL_ASYNC_PROGRESS_HANDLER_HPP
