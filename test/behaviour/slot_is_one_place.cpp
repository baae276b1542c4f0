// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#include "support/slot_in_pieces.hpp"
#include "support/test.hpp"

/// §4.3: the slot and the `asio::cancellation_slot` that it converts to mean one place, in
/// whichever order they are used: what is placed, replaced or cleared by one is so by the other, a
/// handler stays where it is, and a kept slot is valid until the end.
namespace asyncinfo_test::slot_is_one_place_test {
namespace {

using types = asio::cancellation_type;

/// Notes its name; `alive` tells whether it is there still. Some are too large for the block.
template <std::size_t Size>
struct noting {
    std::string& log;
    char name;
    std::shared_ptr<int> alive;
    std::array<char, Size> ballast{};

    void operator()(asio::cancellation_type_t) { log += name; }
};

enum action { convert, own_small, own_large, kept_assign, own_clear, kept_clear, cancel, actions };

/// A sequence of actions, each in a step of its own, and what is to come of it.
struct sequence {
    slot_in_pieces& pieces;
    const std::shared_ptr<int> alive = std::make_shared<int>();
    std::string log = {}, expected = {};
    char name = 'a' - 1;
    bool present = false;
    int requests = 0;

    template <std::size_t Size, typename Slot>
    void place(Slot slot) {
        ++name;
        pieces.step([&] { slot.template emplace<noting<Size>>(noting<Size>{log, name, alive}); });
        present = true;
        if (requests)
            expected += name;
    }

    template <typename Slot>
    void clear(Slot slot) {
        pieces.step([&] { slot.clear(); });
        present = false;
    }

    void perform(int what) {
        if (what == convert || what == kept_assign || what == kept_clear)
            pieces.step([&] { pieces.convert(); });
        switch (what) {
        case own_small:
            return place<1>(pieces.own);
        case own_large:
            return place<100>(pieces.own);
        case kept_assign:
            return place<1>(pieces.kept);
        case own_clear:
            return clear(pieces.own);
        case kept_clear:
            return clear(pieces.kept);
        case cancel: {
            const auto asked = std::array{types::total, types::all, types::all};
            pieces.cancel(asked[static_cast<std::size_t>(std::min(requests, 2))]);
            if (++requests < 3 && present)
                expected += name;
        }
        }
    }

    void check() {
#if !defined(ASYNCINFO_USE_ASIO_INTERNALS)
        log.erase(std::unique(log.begin(), log.end()), log.end());
        expected.erase(std::unique(expected.begin(), expected.end()), expected.end());
#endif
        BOOST_TEST(log == expected);
        BOOST_TEST(pieces.own.has_handler() == present);
        BOOST_TEST((!pieces.kept.is_connected() || pieces.kept.has_handler() == present));
        BOOST_TEST(alive.use_count() == 1 + present);
    }
};

} // namespace

BOOST_AUTO_TEST_SUITE(slot_is_one_place)

BOOST_AUTO_TEST_CASE(in_every_order) {
    constexpr int length = 4;
    int count = 1;
    for (int i = 0; i < length; ++i)
        count *= actions;
    for (int number = 0; number < count; ++number)
        in_both([&](slot_in_pieces& pieces) {
            sequence s{pieces};
            std::string done;
            for (int rest = number, i = 0; i < length; ++i, rest /= actions) {
                done += ' ' + std::to_string(rest % actions);
                BOOST_TEST_CONTEXT("actions:" << done) {
                    s.perform(rest % actions);
                    s.check();
                }
            }
            pieces.end();
            BOOST_TEST_CONTEXT("actions:" << done << ", end") {
                s.present = false;
                BOOST_TEST(s.alive.use_count() == 1);
                BOOST_TEST((pieces.op.Status() == AsyncStatus::Completed));
            }
        });
}

BOOST_AUTO_TEST_CASE(a_handler_stays_at_its_address) {
    in_both([](slot_in_pieces& pieces) {
        std::string log;
        const auto alive = std::make_shared<int>();
        noting<1>* placed = nullptr;
        pieces.step([&] {
            placed = &pieces.own.assign(noting<1>{log, 'a', alive});
            pieces.convert();
        });
        placed->name = 'b';
        pieces.cancel(types::all);
        BOOST_TEST(log == "b");
        pieces.end();
    });
}

BOOST_AUTO_TEST_CASE(a_handler_that_cannot_be_made_leaves_it_empty) {
    struct failing {
        explicit failing(int) { throw 1; }
        void operator()(asio::cancellation_type_t) {}
    };
    in_both([](slot_in_pieces& pieces) {
        std::string log;
        const auto alive = std::make_shared<int>();
        pieces.step([&] {
            pieces.convert();
            pieces.own.assign(noting<1>{log, 'a', alive});
            BOOST_CHECK_THROW(pieces.own.emplace<failing>(1), int);
        });
        BOOST_TEST(alive.use_count() == 1);
        BOOST_TEST(!pieces.own.has_handler());
        BOOST_TEST(!pieces.kept.has_handler());
        pieces.end();
    });
}

BOOST_AUTO_TEST_CASE(slots_are_compared_by_their_place) {
    in_both([](slot_in_pieces& pieces) {
        asio::cancellation_signal signal;
        const slot_in_pieces::own_slot none, other = signal.slot();
        BOOST_TEST(other.is_connected());
        BOOST_TEST(!none.is_connected());
        const auto own = pieces.own;
        pieces.convert();
        BOOST_TEST((own == pieces.own && own == pieces.kept && pieces.kept == own));
        BOOST_TEST((own == slot_in_pieces::own_slot(pieces.kept)));
        BOOST_TEST((own != other && other != own && own != signal.slot() && own != none));
        BOOST_TEST((other == signal.slot() && none == asio::cancellation_slot()));
        pieces.end();
    });
}

BOOST_AUTO_TEST_CASE(one_made_from_another_signals_is_that_one) {
    in_both([](slot_in_pieces& pieces) {
        asio::cancellation_signal signal;
        std::string log;
        const auto alive = std::make_shared<int>();
        const slot_in_pieces::own_slot slot = signal.slot();
        slot.assign(noting<1>{log, 'a', alive});
        BOOST_TEST((slot.has_handler() && signal.slot().has_handler()));
        pieces.cancel(types::all);
        BOOST_TEST(log == "");
        signal.emit(types::all);
        BOOST_TEST(log == "a");
        slot.clear();
        BOOST_TEST(alive.use_count() == 1);
        pieces.end();
    });
}

BOOST_AUTO_TEST_CASE(is_cleared_by_a_kept_slot_as_long_as_asio_allows_it) {
    in_both([](slot_in_pieces& pieces) {
        std::string log;
        const auto alive = std::make_shared<int>();
        pieces.step([&] {
            pieces.own.assign(noting<1>{log, 'a', alive});
            pieces.convert();
        });
        pieces.end([&] {
            pieces.kept.clear(); // the completion handler has been called
            BOOST_TEST(alive.use_count() == 1);
        });
        pieces.kept.clear(); // the handle keeps the block
        pieces.cancel(types::all);
        BOOST_TEST(log == "");
    });
}

/// A composed operation of somebody's who asks for Asio's slot hears the request as it does by its
/// own: also where it came when nothing could be cancelled.
BOOST_AUTO_TEST_CASE(a_composed_operation_in_a_kept_slot_is_cancelled_at_its_next_step) {
    in_both([](slot_in_pieces& pieces) {
        asio::steady_timer timer(pieces.context, 1h);
        error_code ended;
        bool has_ended = false;
        pieces.step([&] {
            pieces.convert();
            auto handler = asio::bind_cancellation_slot(pieces.kept, [&](error_code e) {
                ended = e;
                has_ended = true;
            });
            asio::async_compose<decltype(handler), void(error_code)>(
                [&, state = 0](auto& self, error_code error = {}) mutable {
                    if (state++ == 0)
                        return asio::post(pieces.context, std::move(self));
                    if (state == 2)
                        return timer.async_wait(std::move(self));
                    self.complete(error);
                },
                handler, timer);
            pieces.op.Cancel();
        });
        pieces.step([] {});
        BOOST_TEST(has_ended);
        BOOST_TEST(ended == asio::error::operation_aborted);
        pieces.end();
    });
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace asyncinfo_test::slot_is_one_place_test
