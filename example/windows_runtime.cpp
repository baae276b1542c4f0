// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

// An operation of Asio's for code that knows only the Windows Runtime, and an operation of such code
// for a program of Asio's.

#include <asyncinfo/asyncinfo.hpp>
#include <asyncinfo/windows.hpp>
#include <boost/asio.hpp>

#include <chrono>
#include <iostream>
#include <memory>
#include <thread>

namespace asio = boost::asio;
using asyncinfo::com_release;
using asyncinfo::use_async_info;
using namespace std::chrono_literals;

// Somebody else's code. It knows what <asyncinfo.h> of Windows says, and nothing of Asio: it looks at
// the operation every 10 ms. When its patience is at an end it cancels the operation.
HRESULT wait_or_cancel(::IAsyncInfo& operation, int patience) {
    auto status = ::AsyncStatus::Started;
    for (int waited = 0; operation.get_Status(&status) == S_OK; waited += 10) {
        if (status != ::AsyncStatus::Started)
            break;
        if (waited == patience)
            operation.Cancel();
        Sleep(10);
    }
    HRESULT result = E_FAIL;
    operation.get_ErrorCode(&result);
    operation.Close();
    return result;
}

// Somebody else's component, which starts something long. It gives the caller a reference.
HRESULT start_job(asio::steady_timer& implementation, ::IAsyncInfo** operation) {
    implementation.expires_after(1h);
    *operation = asyncinfo::to_windows(implementation.async_wait(use_async_info)).release();
    return S_OK;
}

int main() {
    asio::io_context context;
    auto work = asio::make_work_guard(context);
    std::thread runner([&] { context.run(); });

    // There.
    asio::ip::tcp::resolver resolver(context);
    const auto look_up = resolver.async_resolve("127.0.0.1", "80", use_async_info);
    const HRESULT found = wait_or_cancel(*asyncinfo::to_windows(look_up), 60'000);

    asio::steady_timer timer(context, 1h);
    const auto wait = timer.async_wait(use_async_info);
    const HRESULT stopped = wait_or_cancel(*asyncinfo::to_windows(wait), 50);

    std::cout << std::hex << "look-up: 0x" << found << ", timer: 0x" << stopped << '\n';

    // And back.
    asio::steady_timer of_the_component(context);
    ::IAsyncInfo* started = nullptr;
    if (FAILED(start_job(of_the_component, &started)))
        return 1;
    const std::unique_ptr<::IAsyncInfo, com_release> object(started);

    const auto job = asyncinfo::from_windows(context.get_executor(), object.get());
    job.cancel_after(50ms);
    std::cout << "job: " << job.wait() << ", " << job.ErrorCode().message() << '\n';

    work.reset();
    runner.join();
    return found == S_OK && FAILED(stopped) && job.ErrorCode() == asio::error::timed_out ? 0 : 1;
}
