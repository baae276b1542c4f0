// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#include "support/test.hpp"

/// Contract §9: the frame, locals and parameters, is destroyed when the body has ended, before
/// anybody is told; what the operation ended with stays.
namespace asyncinfo_test::coroutine_locals_go_before_completed_test {
namespace {

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

BOOST_AUTO_TEST_SUITE(coroutine_locals_go_before_completed)

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

BOOST_AUTO_TEST_CASE(and_so_do_parameters) {
    for (const auto start : {plain, with_handle, throwing})
        for (const bool move : {false, true}) {
            pending<void(error_code)> source;
            watched local;
            auto parameter = std::make_shared<int>();
            const watched alive = parameter;
            auto op = start(&source, std::move(parameter), &local, move);
            BOOST_TEST(!alive.expired());
            bool gone_before_completed = false;
            op.Completed([&](auto&, AsyncStatus) { gone_before_completed = alive.expired(); });
            source.complete({});
            BOOST_TEST(gone_before_completed);
        }
}

BOOST_AUTO_TEST_CASE(also_if_nothing_was_awaited) {
    auto parameter = std::make_shared<int>(7);
    const watched alive = parameter;
    const auto ends_at_once = [](shared p) -> IAsyncOperation<int> { co_return *p; };
    const auto op = ends_at_once(std::move(parameter));
    BOOST_TEST(alive.expired());
    BOOST_TEST(op.GetResults() == 7);
}

// Inside the gate: the result is stored, the status is not out, and a request comes too late.
BOOST_AUTO_TEST_CASE(a_parameter_may_do_anything_when_it_goes) {
    struct guard {
        std::function<void()> function;
        ~guard() {
            if (function)
                function();
        }
        explicit guard(std::function<void()> f) : function(std::move(f)) {}
        guard(guard&& other) noexcept : function(std::exchange(other.function, nullptr)) {}
        guard& operator=(guard&&) = delete;
    };
    const auto takes = [](pending<void(error_code)>* source, guard) -> IAsyncOperation<int> {
        co_await source->start(asio::deferred);
        co_return 3;
    };
    for (const bool drop : {false, true})
        for (const bool abandon : {false, true}) {
            pending<void(error_code)> source;
            IAsyncOperation<int> op;
            std::optional<AsyncStatus> seen;
            error_code waited;
            op = takes(&source, guard([&] {
                op.Cancel();
                seen = op.Status();
                op.wait(waited);
                if (drop)
                    op = nullptr;
            }));
            if (abandon)
                source.drop();
            else
                source.complete({});
            BOOST_TEST((seen == AsyncStatus::Started));
            BOOST_TEST((waited == errc::would_deadlock));
            if (drop)
                BOOST_TEST(!op);
            else if (abandon)
                BOOST_TEST((op.ErrorCode() == errc::abandoned));
            else
                BOOST_TEST(op.GetResults() == 3);
        }
}

// A member coroutine that keeps its object, which keeps its handle.
BOOST_AUTO_TEST_CASE(a_cycle_by_a_parameter_ends_with_the_body) {
    struct session {
        IAsyncAction running;
        static IAsyncAction run(std::shared_ptr<session> self, pending<void(error_code)>* source) {
            co_await source->start(asio::deferred);
            static_cast<void>(self);
        }
    };
    pending<void(error_code)> source;
    auto object = std::make_shared<session>();
    const std::weak_ptr<session> alive = object;
    object->running = session::run(object, &source);
    object = nullptr;
    BOOST_TEST(!alive.expired());
    source.complete({});
    BOOST_TEST(alive.expired());
}

// A socket, above all: a handle may outlive its context.
BOOST_AUTO_TEST_CASE(a_parameter_may_belong_to_the_context) {
    using socket = local::socket;
    const auto read = [](socket s) -> IAsyncOperation<std::size_t> {
        char data[8];
        co_return co_await s.async_read_some(asio::buffer(data), asio::deferred);
    };
    IAsyncOperation<std::size_t> ended, abandoned;
    {
        asio::io_context context;
        socket near_end(context), far_end(context), other(context), silent(context);
        connect_pair(near_end, far_end);
        connect_pair(other, silent);
        ended = read(std::move(near_end));
        abandoned = read(std::move(other));
        asio::write(far_end, asio::buffer("hi", 2));
        context.run_one();
        BOOST_TEST((ended.Status() == AsyncStatus::Completed));
        char byte;
        error_code code;
        asio::read(far_end, asio::buffer(&byte, 1), code);
        BOOST_TEST((code == asio::error::eof)); // the peer sees the end
    }
    BOOST_TEST(ended.GetResults() == 2u);
    BOOST_TEST((abandoned.ErrorCode() == errc::abandoned));
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

} // namespace asyncinfo_test::coroutine_locals_go_before_completed_test
