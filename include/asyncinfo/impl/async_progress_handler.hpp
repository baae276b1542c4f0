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
detail::progress_place<P>*
basic_progress<Base, Handle, P>::place(boost::system::error_code& error) const noexcept {
    return static_cast<detail::block_t<Handle>*>(this->usable(error));
}

template <typename Base, typename Handle, typename P>
void basic_progress<Base, Handle, P>::Progress(progress_handler handler) const {
    boost::system::error_code error;
    Progress(std::move(handler), error);
    if (error)
        this->refuse(error, "Progress");
}

template <typename Base, typename Handle, typename P>
void basic_progress<Base, Handle, P>::Progress(progress_handler handler,
                                               boost::system::error_code& error) const noexcept {
    if (auto* place = this->place(error))
        place->set_progress(detail::delegate_access::take(std::move(handler)));
}

template <typename Base, typename Handle, typename P>
auto basic_progress<Base, Handle, P>::Progress() const -> progress_handler {
    boost::system::error_code error;
    auto handler = Progress(error);
    if (error)
        this->refuse(error, "Progress");
    return handler;
}

template <typename Base, typename Handle, typename P>
auto basic_progress<Base, Handle, P>::Progress(boost::system::error_code& error) const noexcept
    -> progress_handler {
    auto* place = this->place(error);
    return detail::delegate_access::make<progress_handler>(place ? place->progress() : nullptr);
}

template <typename Base, typename Handle, typename P>
std::optional<P> basic_progress<Base, Handle, P>::progress() const {
    boost::system::error_code error;
    auto latest = progress(error);
    if (error)
        this->refuse(error, "progress");
    return latest;
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
