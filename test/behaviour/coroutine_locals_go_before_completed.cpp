// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#include <asyncinfo/coroutine.hpp>

#include <asyncinfo/use_async_info.hpp>

#include "support/pending.hpp"

#include <boost/asio/deferred.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/test/unit_test.hpp>

#include <memory>
#include <stdexcept>
#include <utility>

/// Issue 3, item 3: "Locals are destroyed before Completed is called; parameters live as long as the
/// frame, that is until the last handle goes, whatever Close does."
namespace coroutine_locals_go_before_completed_test {
namespace {

namespace asio = boost::asio;
using asyncinfo::AsyncStatus;
using asyncinfo::errc;
using asyncinfo::IAsyncAction;
using asyncinfo::IAsyncOperation;
using asyncinfo::use_async_info;
using asyncinfo_test::pending;
using boost::system::error_code;

using shared = std::shared_ptr<int>;
using watched = std::weak_ptr<int>;

/// The parameter is moved from only if asked to.
IAsyncAction plain(pending<void(error_code)>* source, shared parameter, watched* local, bool move) {
    const shared own = move ? std::move(parameter) : std::make_shared<int>();
    *local = own;
    co_await source->start(asio::deferred);
}

IAsyncAction with_handle(pending<void(error_code)>* source, shared parameter, watched* local,
                         bool move) {
    const shared own = move ? std::move(parameter) : std::make_shared<int>();
    *local = own;
    co_await source->start(use_async_info);
}

/// The locals go while an exception does.
IAsyncAction throwing(pending<void(error_code)>* source, shared parameter, watched* local,
                      bool move) {
    const shared own = move ? std::move(parameter) : std::make_shared<int>();
    *local = own;
    co_await source->start(asio::deferred);
    throw std::runtime_error("out");
}

IAsyncOperation<shared> give(shared value) { co_return value; }

/// Its own last handle is dropped in the body.
IAsyncAction drop_last_handle(pending<void(error_code)>* source, shared parameter,
                              IAsyncAction* self, bool* went_on) {
    co_await source->start(asio::deferred);
    *self = nullptr;
    *went_on = *parameter == 7;
}

IAsyncAction on_context(asio::io_context& context, shared parameter) {
    const shared own = parameter;
    co_await asio::post(context, asio::deferred);
}

} // namespace
} // namespace coroutine_locals_go_before_completed_test

BOOST_AUTO_TEST_SUITE(coroutine_locals_go_before_completed)

using namespace coroutine_locals_go_before_completed_test;

BOOST_AUTO_TEST_CASE(and_before_anybody_sees_the_status) {
    for (const auto start : {plain, with_handle, throwing})
        for (const bool drop : {false, true})
            for (const bool fail : {false, true}) {
                pending<void(error_code)> source;
                watched local;
                auto op = start(&source, nullptr, &local, false);
                BOOST_TEST(!local.expired());
                bool gone_before_completed = false;
                op.Completed([&](auto& sender, AsyncStatus status) {
                    gone_before_completed = local.expired() && sender.Status() == status;
                });
                if (drop)
                    source.drop();
                else
                    source.complete(fail ? asio::error::eof : error_code());
                BOOST_TEST(gone_before_completed);
            }
}

BOOST_AUTO_TEST_CASE(parameters_live_until_the_last_handle_goes) {
    for (const auto start : {plain, with_handle, throwing}) {
        pending<void(error_code)> source;
        watched local;
        auto parameter = std::make_shared<int>();
        const watched alive = parameter;
        auto op = start(&source, std::move(parameter), &local, false);
        source.complete({});
        BOOST_TEST(op.Status() != AsyncStatus::Started);
        BOOST_TEST(!alive.expired());
        auto copy = op;
        op.Close();
        BOOST_TEST(!alive.expired());
        op = nullptr;
        BOOST_TEST(!alive.expired());
        copy = nullptr;
        BOOST_TEST(alive.expired());
    }
}

// The idiom for those that are to go earlier.
BOOST_AUTO_TEST_CASE(unless_they_are_moved_into_a_local) {
    pending<void(error_code)> source;
    watched local;
    auto parameter = std::make_shared<int>();
    const watched alive = parameter;
    const auto op = plain(&source, std::move(parameter), &local, true);
    BOOST_TEST(!alive.expired());
    source.complete({});
    BOOST_TEST(alive.expired());
}

// An abandoned coroutine has no frame any more.
BOOST_AUTO_TEST_CASE(or_the_coroutine_is_abandoned) {
    for (const bool by_context : {false, true}) {
        pending<void(error_code)> source;
        auto context = std::make_unique<asio::io_context>();
        auto parameter = std::make_shared<int>();
        const watched alive = parameter;
        watched local;
        const auto op = by_context ? on_context(*context, std::move(parameter))
                                   : plain(&source, std::move(parameter), &local, false);
        bool gone_before_completed = false;
        op.Completed([&](auto&, AsyncStatus) { gone_before_completed = alive.expired(); });
        context.reset();
        source.drop();
        BOOST_TEST((op.ErrorCode() == errc::abandoned));
        BOOST_TEST(gone_before_completed);
    }
}

BOOST_AUTO_TEST_CASE(the_result_goes_with_close) {
    const auto op = give(std::make_shared<int>());
    const watched alive = op.GetResults();
    BOOST_TEST(!alive.expired());
    op.Close();
    BOOST_TEST(alive.expired());
}

BOOST_AUTO_TEST_CASE(the_last_handle_may_go_in_the_body) {
    pending<void(error_code)> source;
    auto parameter = std::make_shared<int>(7);
    const watched alive = parameter;
    IAsyncAction op;
    bool went_on = false;
    op = drop_last_handle(&source, std::move(parameter), &op, &went_on);
    source.complete({});
    BOOST_TEST(went_on);
    BOOST_TEST(alive.expired());
}

BOOST_AUTO_TEST_CASE(or_in_completed) {
    pending<void(error_code)> source;
    watched local;
    auto parameter = std::make_shared<int>();
    const watched alive = parameter;
    auto op = plain(&source, std::move(parameter), &local, false);
    op.Completed([&](auto&, AsyncStatus) { op = nullptr; });
    source.complete({});
    BOOST_TEST(!op);
    BOOST_TEST(alive.expired());
}

BOOST_AUTO_TEST_SUITE_END()
