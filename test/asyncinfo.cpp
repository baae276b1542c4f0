// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#include <asyncinfo/asyncinfo.hpp>

#include "support/test.hpp"

namespace asyncinfo_test::asyncinfo_header_test {
namespace {

// Every name that the umbrella promises, and what it is. (Nothing here includes anything else.)
static_assert(std::is_enum_v<asyncinfo::AsyncStatus>);
static_assert(std::is_enum_v<asyncinfo::errc>);
static_assert(boost::system::is_error_code_enum<asyncinfo::errc>::value);
static_assert(std::is_base_of_v<asyncinfo::IAsyncInfo, asyncinfo::IAsyncAction>);
static_assert(std::is_base_of_v<asyncinfo::IAsyncInfo, asyncinfo::IAsyncOperation<int>>);
static_assert(std::is_class_v<asyncinfo::AsyncActionCompletedHandler>);
static_assert(std::is_class_v<asyncinfo::AsyncOperationCompletedHandler<int>>);
static_assert(std::is_enum_v<asyncinfo::on_failure>);
static_assert(std::is_enum_v<asyncinfo::winner> && std::is_enum_v<asyncinfo::losers>);
static_assert(std::is_class_v<asyncinfo::when_any_result<asyncinfo::IAsyncInfo>>);
static_assert(std::is_base_of_v<asyncinfo::IAsyncInfo, asyncinfo::IAsyncActionWithProgress<int>>);
static_assert(
    std::is_base_of_v<asyncinfo::IAsyncInfo, asyncinfo::IAsyncOperationWithProgress<int, int>>);
static_assert(std::is_class_v<asyncinfo::AsyncActionWithProgressCompletedHandler<int>>);
static_assert(std::is_class_v<asyncinfo::AsyncActionProgressHandler<int>>);
static_assert(std::is_class_v<asyncinfo::AsyncOperationWithProgressCompletedHandler<int, int>>);
static_assert(std::is_class_v<asyncinfo::AsyncOperationProgressHandler<int, int>>);
static_assert(std::is_class_v<asyncinfo::async_source<int, int>>);
static_assert(std::is_class_v<asyncinfo::transfer_progress>);
static_assert(std::is_enum_v<asyncinfo::traffic>);
static_assert(std::is_class_v<asyncinfo::progress_stream<asio::ip::tcp::socket>>);
static_assert(std::is_class_v<decltype(asyncinfo::every(1s, [] {}))>);
using transfer = asyncinfo::IAsyncActionWithProgress<asyncinfo::transfer_progress>;
static_assert(
    std::is_same_v<decltype(asyncinfo::with_progress(0, [](auto, auto) { return transfer(); })),
                   transfer>);
static_assert(std::is_class_v<asyncinfo::cancel_on_destroy<asyncinfo::IAsyncInfo>>);
static_assert(
    std::is_same_v<decltype(asyncinfo::use_async_info), const asyncinfo::use_async_info_t>);

// A suite is a namespace: not one beside the library's.
BOOST_AUTO_TEST_SUITE(asyncinfo)

// §1: "Porting code from C++/WinRT is a change of namespace": such code reads like this.
BOOST_AUTO_TEST_CASE(code_for_windows_reads_the_same) {
    using namespace ::asyncinfo;
    asio::io_context context;
    asio::steady_timer timer(context, asio::steady_timer::time_point::max());

    const IAsyncAction action = timer.async_wait(use_async_info);
    std::string log;
    action.Completed([&](const IAsyncAction& sender, AsyncStatus status) {
        if (status == AsyncStatus::Canceled && sender.ErrorCode())
            log += "canceled ";
    });
    const std::vector<IAsyncInfo> all{action, asio::post(context, use_async_info)};
    BOOST_TEST((all[0].Status() == AsyncStatus::Started));
    BOOST_TEST(all[0].Id() != all[1].Id());
    all[0].Cancel();
    context.run();
    all[1].try_as<IAsyncAction>().GetResults();
    for (const auto& each : all) {
        log += to_string(each.Status());
        log += ' ';
        each.Close();
    }
    BOOST_TEST(log == "canceled Canceled Completed ");
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace

} // namespace asyncinfo_test::asyncinfo_header_test
