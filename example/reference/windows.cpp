// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#define NOMINMAX // as many programs for Windows do
#define WIN32_LEAN_AND_MEAN

#include "reference.hpp"

#include <asyncinfo/windows.hpp>

namespace reference::windows_hpp {

void show() {
    asio::io_context context;
    asio::steady_timer timer(context, 1h);
    auto read = timer.async_wait(use_async_info);
    {
        std::unique_ptr<::IAsyncInfo, com_release> object = to_windows(read);
        object->Cancel();

        asyncinfo::IAsyncAction copy = from_windows(context.get_executor(), object.get());
        copy.cancel_after(2s);

        context.run();
        check(copy.ErrorCode() == asio::error::operation_aborted);
    }
    read = timer.async_wait(use_async_info);
    timer.cancel();
    context.restart();
    context.run();
    HRESULT result = to_hresult(read.ErrorCode());
    check(from_hresult(result) == asio::error::operation_aborted);

    error_code error = from_hresult(E_ACCESSDENIED);
    check(error == boost::system::errc::permission_denied);

    timer.expires_after(0s);
    read = timer.async_wait(use_async_info);
    const auto object = to_windows(read);

    auto number = from_windows(context.get_executor(), object.get(), [](::IAsyncInfo& ended) {
        UINT32 id = 0;
        ended.get_Id(&id);
        return id;
    });

    context.restart();
    const auto id = read.Id();
    check(number.get(context) == id);
}

const page shown("windows.hpp", show);

} // namespace reference::windows_hpp
