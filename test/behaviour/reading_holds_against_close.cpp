// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#include "support/test.hpp"

namespace asyncinfo_test::reading_holds_against_close_test {
namespace {

/// A value whose copying can be watched and held up.
struct watched {
    struct observer {
        latch copying{1}, go_on{1};
    };

    explicit watched(observer* o = nullptr) : seen_by(o) {}
    watched(const watched& other) : seen_by(nullptr), alive(other.alive) {
        if (other.seen_by) {
            other.seen_by->copying.count_down();
            other.seen_by->go_on.wait();
        }
        content = other.content; // after the wait: it must still be there
    }
    watched(watched&&) = default;

    observer* seen_by;
    std::shared_ptr<int> alive = std::make_shared<int>();
    std::string content = "a text too long for the small string optimisation";
};

const std::string text(64, 'x');

} // namespace

BOOST_AUTO_TEST_SUITE(reading_holds_against_close)

// §2: Close on one thread while another is in the middle of a copy: the copy is whole, Close does
// not wait, and the result is gone once the reader is.
BOOST_AUTO_TEST_CASE(a_reader_finishes_its_copy) {
    using handle = IAsyncOperation<watched>;
    const std::function<std::optional<watched>(const handle&)> readers[] = {
        [](const handle& h) { return h.GetResults(); },
        [](const handle& h) { return h.try_get(); },
        [](const handle& h) { return h.get(); },
        [](const handle& h) { return std::get<1>(h.outcome()); },
    };
    for (const auto& read : readers) {
        watched::observer observer;
        std::weak_ptr<int> alive;
        pending<void(watched)> operation;
        const auto op = operation.start(use_async_info);
        {
            watched delivered(&observer);
            alive = delivered.alive;
            operation.complete(std::move(delivered));
        }
        auto copied = std::async(std::launch::async, [&] { return read(op); });
        observer.copying.wait();
        op.Close();
        error_code error;
        op.Status(error);
        BOOST_TEST((error == errc::illegal_method_call));
        BOOST_TEST(!op.try_get(error));
        BOOST_TEST((error == errc::illegal_method_call));
        observer.go_on.count_down();
        {
            const auto copy = copied.get();
            BOOST_REQUIRE(copy);
            BOOST_TEST(copy->content == watched().content);
            BOOST_TEST(!alive.expired());
        }
        BOOST_TEST(alive.expired());
    }
}

// Each reader gets the result, whole, or the error of a closed handle. (Under a sanitizer: nothing
// is read that Close has freed.)
BOOST_AUTO_TEST_CASE(a_reader_gets_all_or_is_refused) {
    using handle = IAsyncOperation<std::string>;
    const std::function<std::string(const handle&)> readers[] = {
        [](const handle& h) { return h.GetResults(); },
        [](const handle& h) { return h.try_get().value(); },
        [](const handle& h) { return h.get(); },
        [](const handle& h) { return handle(h).GetResults(); },
        [](const handle& h) { return std::get<1>(h.outcome()).value(); },
    };
    std::atomic<int> other = 0;
    for (int round = 0; round != 50; ++round) {
        const auto op = pending<void(std::string)>::ended(use_async_info, text);
        std::vector<std::function<void()>> calls{[&] { op.Close(); }};
        for (const auto& read : readers)
            calls.push_back([&] {
                try {
                    for (;; std::this_thread::yield())
                        if (read(op) != text)
                            ++other;
                } catch (const system_error& e) {
                    if (e.code() != errc::illegal_method_call)
                        ++other;
                }
            });
        at_once(calls);
    }
    BOOST_TEST(other == 0);
}

// The same for the exception that an operation ended by, and its code.
BOOST_AUTO_TEST_CASE(an_exception_is_whole_or_refused) {
    std::atomic<int> other = 0;
    for (int round = 0; round != 50; ++round) {
        const auto op = pending<void(std::exception_ptr, std::string)>::ended(
            use_async_info, std::make_exception_ptr(std::runtime_error(text)), text);
#if defined(ASYNCINFO_TEST_TSAN)
        // The standard library counts the references to an exception where the sanitizer does not
        // look; so the last one goes after the threads have ended.
        const auto kept = op.exception();
#endif
        using handle = std::remove_const_t<decltype(op)>;
        const std::function<void(const handle&)> readers[] = {
            [](const handle& h) { static_cast<void>(h.GetResults()); },
            [](const handle& h) { static_cast<void>(h.try_get()); },
            [](const handle& h) { std::rethrow_exception(h.exception()); },
            [&](const handle& h) {
                if (h.ErrorCode() != errc::unhandled_exception)
                    ++other;
            },
        };
        std::vector<std::function<void()>> calls{[&] { op.Close(); }};
        for (const auto& read : readers)
            calls.push_back([&] {
                for (bool closed = false; !closed; std::this_thread::yield())
                    try {
                        read(op);
                    } catch (const std::runtime_error& e) {
                        // Boost's system_error is a runtime_error, too.
                        const auto* own = dynamic_cast<const system_error*>(&e);
                        closed = own && own->code() == errc::illegal_method_call;
                        if (!closed && e.what() != text)
                            ++other;
                    }
            });
        at_once(calls);
    }
    BOOST_TEST(other == 0);
}

// Of several threads that call Close none sees an error.
BOOST_AUTO_TEST_CASE(close_races_with_close) {
    std::atomic<int> errors = 0;
    for (int round = 0; round != 50; ++round) {
        const auto op = pending<void(std::string)>::ended(use_async_info, text);
        const auto close = [&errors, own = op] {
            error_code error;
            own.Close(error);
            if (error)
                ++errors;
        };
        at_once({close, close, close, close});
    }
    BOOST_TEST(errors == 0);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace asyncinfo_test::reading_holds_against_close_test
