// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#include "support/test.hpp"

namespace asyncinfo_test::move_only_result_goes_to_one_taker_test {
namespace {

using value = std::unique_ptr<int>;
using handle = IAsyncOperation<value>;

/// Every way to take a result: the value, or the code that says why not.
using taker = std::function<value(handle&, error_code&)>;

template <typename Read>
taker throwing(Read read) {
    return [read](handle& h, error_code& error) -> value {
        try {
            error.clear();
            return read(h);
        } catch (const system_error& e) {
            error = e.code();
            return nullptr;
        }
    };
}

template <typename Read>
taker setting(Read read) {
    return [read](handle& h, error_code& error) -> value {
        auto result = read(h, error);
        // Nothing comes with an error only, and an error with nothing.
        if (result.has_value() == error.failed())
            throw std::logic_error("both or neither");
        return result ? *std::move(result) : nullptr;
    };
}

const std::pair<const char*, taker> takers[] = {
    {"GetResults()", throwing([](handle& h) { return h.GetResults(); })},
    {"GetResults() const", throwing([](handle& h) { return std::as_const(h).GetResults(); })},
    {"GetResults() &&", throwing([](handle& h) { return std::move(h).GetResults(); })},
    {"GetResults() && of a copy", throwing([](handle& h) { return handle(h).GetResults(); })},
    {"GetResults(error)", setting([](handle& h, error_code& e) { return h.GetResults(e); })},
    {"GetResults(error) &&",
     setting([](handle& h, error_code& e) { return std::move(h).GetResults(e); })},
    {"try_get()", throwing([](handle& h) { return h.try_get().value(); })},
    {"try_get(error)", setting([](handle& h, error_code& e) { return h.try_get(e); })},
    {"get()", throwing([](handle& h) { return h.get(); })},
    {"get(error)", setting([](handle& h, error_code& e) { return h.get(e); })},
    {"get(context)", throwing([](handle& h) {
         asio::io_context context;
         return h.get(context);
     })},
    {"get(context, error)", setting([](handle& h, error_code& e) {
         asio::io_context context;
         return h.get(context, e);
     })},
    {"outcome()", throwing([](handle& h) { return std::get<1>(h.outcome()).value(); })},
    {"outcome(error)", setting([](handle& h, error_code& e) { return std::get<1>(h.outcome(e)); })},
};

handle ended(error_code code = {}) {
    return pending<void(error_code, value)>::ended(use_async_info, code, std::make_unique<int>(7));
}

} // namespace

BOOST_AUTO_TEST_SUITE(move_only_result_goes_to_one_taker)

// §2: "A move-only T goes to the first taker by whichever route; later takers get IMC".
BOOST_AUTO_TEST_CASE(the_first_taker_has_it_by_whichever_route) {
    for (const auto& [first, take_first] : takers)
        for (const auto& [second, take_second] : takers)
            BOOST_TEST_CONTEXT(first << ", then " << second) {
                auto operation = ended();
                error_code error;
                const value taken = take_first(operation, error);
                BOOST_TEST(error == error_code());
                BOOST_REQUIRE(taken);
                BOOST_TEST(*taken == 7);

                BOOST_TEST(!take_second(operation, error));
                BOOST_TEST((error == errc::illegal_method_call));
                BOOST_TEST(operation.Status() == AsyncStatus::Completed);
                BOOST_TEST(operation.ErrorCode() == error_code());
            }
}

// §2: "one atomic claim".
BOOST_AUTO_TEST_CASE(of_eight_racing_threads_one_wins) {
    constexpr int threads = 8;
    for (int round = 0; round != 100; ++round) {
        pending<void(error_code, value)> pending;
        const auto operation = pending.start(use_async_info);
        std::atomic<int> winners = 0, losers = 0, ready = 0;
        {
            std::vector<joining_thread> racing;
            for (int i = 0; i != threads; ++i)
                racing.emplace_back(
                    [&, own = operation,
                     take = &takers[static_cast<std::size_t>(round + i) % std::size(takers)]
                                 .second]() mutable {
                        ++ready;
                        while (own.Status() == AsyncStatus::Started)
                            std::this_thread::yield();
                        error_code error;
                        if (const value taken = (*take)(own, error))
                            winners += *taken == 7;
                        else
                            losers += error == errc::illegal_method_call;
                    });
            while (ready != threads)
                std::this_thread::yield();
            pending.complete({}, std::make_unique<int>(7));
        }
        BOOST_REQUIRE(winners == 1);
        BOOST_REQUIRE(losers == threads - 1);
    }
}

// The result that came with an error is there for outcome() alone; failing to get it by another
// route does not use it up.
BOOST_AUTO_TEST_CASE(a_partial_result_is_taken_by_outcome) {
    auto operation = ended(asio::error::eof);
    error_code error;
    for (const auto& [name, take] : takers)
        if (!std::string_view(name).starts_with("outcome")) {
            BOOST_TEST(!take(operation, error), name);
            BOOST_TEST(error == error_code(asio::error::eof), name);
        }
    auto [code, partial] = operation.outcome();
    BOOST_TEST(code == error_code(asio::error::eof));
    BOOST_REQUIRE((partial && *partial));
    BOOST_TEST(**partial == 7);

    CHECK_THROWS_CODE(operation.outcome(), errc::illegal_method_call);
    CHECK_THROWS_CODE(operation.GetResults(), asio::error::eof);
}

// Where nothing was delivered there is nothing to take, and to ask is no mistake.
BOOST_AUTO_TEST_CASE(without_a_result_outcome_can_be_asked_again) {
    pending<void(error_code, value)> pending;
    const auto operation = pending.start(use_async_info);
    pending.drop();
    for (int i = 0; i != 2; ++i)
        BOOST_TEST((operation.outcome() ==
                    std::tuple(error_code(errc::abandoned), std::optional<value>())));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace asyncinfo_test::move_only_result_goes_to_one_taker_test
