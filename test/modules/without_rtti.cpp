// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

// A program that is compiled with -fno-rtti, the library included: `try_as` knows its types, and a
// request reaches a handler that stands in a slot of Asio's own.

#include <asyncinfo/asyncinfo.hpp>
#include <asyncinfo/src.hpp>

#include <boost/asio/async_result.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#if defined(__GXX_RTTI)
#error "this file is to be compiled with -fno-rtti"
#endif

namespace asio = boost::asio;
using namespace asyncinfo;

namespace {

IAsyncOperation<int> waits(asio::io_context& context) {
    asio::steady_timer timer(context, asio::steady_timer::time_point::max());
    co_await timer.async_wait(asio::deferred);
    co_return 7;
}

/// Its handler asks for a slot of Asio's type, as code does that knows no other.
auto insists_on_asios_slot(bool& called) {
    return asio::async_initiate<const use_async_info_t&, void(boost::system::error_code)>(
        [&called](auto handler) {
            asio::cancellation_slot slot = asio::get_associated_cancellation_slot(handler);
            auto shared = std::make_shared<decltype(handler)>(std::move(handler));
            slot.assign([&called, shared](asio::cancellation_type_t) {
                called = true;
                std::move (*shared)(boost::system::error_code(asio::error::operation_aborted));
            });
        },
        use_async_info);
}

} // namespace

int main() {
    asio::io_context context;
    auto op = waits(context);
    const IAsyncInfo any = op;
    if (!any.try_as<IAsyncOperation<int>>() || any.try_as<IAsyncOperation<long>>() ||
        any.try_as<IAsyncAction>())
        return 1;
    op.Cancel();
    context.run();
    if (op.Status() != AsyncStatus::Canceled)
        return 2;

    bool called = false;
    auto other = insists_on_asios_slot(called);
    other.Cancel();
    return called && other.Status() == AsyncStatus::Canceled ? 0 : 3;
}
