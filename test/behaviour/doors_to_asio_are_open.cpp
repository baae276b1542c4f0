// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

// What the library knows of Asio's own, guess by guess: true with a Boost that it knows, and with
// ASYNCINFO_NO_ASIO_INTERNALS the portable way is taken. A guess that no longer holds fails here,
// by its name, and not in a program as a promise that is silently gone.

#include <asyncinfo/detail/asio/cancellation_handler.hpp>
#include <asyncinfo/detail/asio/handler_kind.hpp>
#include <asyncinfo/detail/asio/published_executor.hpp>
#include <asyncinfo/detail/asio/runs_here.hpp>
#include <asyncinfo/detail/asio/slot_memory.hpp>

#include "support/test.hpp"

namespace asyncinfo_test::doors_to_asio_are_open_test {

namespace detail = asyncinfo::detail;

#if defined(ASYNCINFO_USE_ASIO_INTERNALS)
constexpr bool are_open = true;
#else
constexpr bool are_open = false;
#endif

#if defined(ASYNCINFO_DISABLE_BLOCK_RECYCLING)
constexpr bool memory_is_kept = false;
#else
constexpr bool memory_is_kept = are_open;
#endif

/// True if Asio asks for a handler's work here, and not for its own, which has a second base.
template <typename Handler>
constexpr bool takes_work_from_here() {
    using work = asio::detail::handler_work<Handler, asio::io_context::executor_type>;
    return !requires { typename work::base2_type; };
}

/// True if Asio's `post` would dispatch this handler once more.
template <typename Handler>
constexpr bool is_dispatched_once_more() {
    using executor = asio::io_context::executor_type;
#if defined(ASYNCINFO_POSTS_TAKE_A_FUNCTION)
    using asio::detail::empty_work_function;
    return asio::detail::is_work_dispatcher_required<empty_work_function, Handler, executor>::value;
#else
    return asio::detail::is_work_dispatcher_required<Handler, executor>::value;
#endif
}

/// A completion handler that a coroutine awaits with.
using awaiting = detail::await_handler<void(error_code)>;

/// A token that tells whether the initiation, as an adapter of Asio's gives it on, shows the executor
/// of the I/O object.
struct tells_initiation {
    bool* shows_executor;
};

} // namespace asyncinfo_test::doors_to_asio_are_open_test

template <typename... Signatures>
struct boost::asio::async_result<asyncinfo_test::doors_to_asio_are_open_test::tells_initiation,
                                 Signatures...> {
    using return_type = void;
    template <typename Initiation, typename... Args>
    static void initiate(Initiation&&,
                         asyncinfo_test::doors_to_asio_are_open_test::tells_initiation token,
                         Args&&...) {
        *token.shows_executor = asyncinfo::detail::publishes_executor<std::decay_t<Initiation>>;
    }
};

namespace asyncinfo_test::doors_to_asio_are_open_test {

/// A slot that tells the kind of what Asio places in it.
struct slot_of_kinds {
    std::optional<detail::handler_kind::type>* kind;
    std::shared_ptr<void>* placed;

    bool is_connected() const { return true; }
    void clear() {}
    template <typename Handler, typename... Args>
    Handler& emplace(Args&&... args) {
        *kind = detail::kind_of<Handler>(sizeof...(Args));
        auto made = std::make_shared<Handler>(std::forward<Args>(args)...);
        *placed = made;
        return *made;
    }
    friend bool operator==(const slot_of_kinds&, const slot_of_kinds&) = default;
};

template <typename... Filters>
detail::handler_kind::type kind_of_state(Filters... filters) {
    std::optional<detail::handler_kind::type> kind;
    std::shared_ptr<void> placed;
    const asio::cancellation_state state(slot_of_kinds{&kind, &placed}, filters...);
    return kind.value();
}

BOOST_AUTO_TEST_SUITE(doors_to_asio_are_open)

BOOST_AUTO_TEST_CASE(cancellation_states_are_told_by_their_filters) {
    using kind = detail::handler_kind;
    const asio::enable_partial_cancellation partial;
    const asio::enable_terminal_cancellation terminal;
    const asio::enable_total_cancellation total;
    BOOST_TEST(kind_of_state() == kind::default_state);
    BOOST_TEST(kind_of_state(partial) == kind::read_state);
    BOOST_TEST(kind_of_state(terminal) == kind::initial_state);
    BOOST_TEST(kind_of_state(total) == kind::other_state);
    BOOST_TEST(kind_of_state(partial, partial) == kind::read_state);
    BOOST_TEST(kind_of_state(terminal, terminal) == kind::initial_state);
    BOOST_TEST(kind_of_state(total, total) == kind::other_state);
}

BOOST_AUTO_TEST_CASE(a_signal_is_a_pointer_to_its_handler) {
#if defined(ASYNCINFO_USE_ASIO_INTERNALS)
    asio::cancellation_signal signal;
    BOOST_TEST(detail::handler_in(signal) == nullptr);
    auto called = asio::cancellation_type::none;
    signal.slot().assign([&](asio::cancellation_type_t type) { called = type; });
    BOOST_REQUIRE(detail::handler_in(signal) != nullptr);
    detail::handler_in(signal)->call(asio::cancellation_type::partial);
    BOOST_TEST((called == asio::cancellation_type::partial));
    signal.slot().clear();
    BOOST_TEST(detail::handler_in(signal) == nullptr);
#else
    BOOST_TEST(!are_open);
#endif
}

// Asio makes a new handler in the memory of one that stands in the signal, if that is large enough.
BOOST_AUTO_TEST_CASE(memory_of_a_signals_handler_serves_another_signal) {
    struct ignoring {
        std::array<char, 24> room;
        void operator()(asio::cancellation_type_t) const {}
    };
    detail::recycling::deallocate(detail::recycling::allocate(1), 1); // from now on it is kept
    asio::cancellation_signal before;
    const void* const first = &before.slot().emplace<ignoring>();
    detail::spare_slot_memory::take_back(before);
    BOOST_TEST(before.slot().has_handler() == !memory_is_kept);
    asio::cancellation_signal after;
    detail::spare_slot_memory::lend(after);
    after.emit(asio::cancellation_type::all); // nobody is called
    const void* const second = &after.slot().emplace<ignoring>();
    BOOST_TEST((first == second) == memory_is_kept);
}

BOOST_AUTO_TEST_CASE(a_thread_is_found_in_the_call_stack_of_its_context) {
    asio::io_context context;
    asio::io_context other;
    asio::thread_pool pool(1);
    BOOST_TEST((detail::scheduler_of(context) != nullptr) == are_open);
#if defined(ASYNCINFO_USE_ASIO_INTERNALS)
    BOOST_TEST(asio::has_service<detail::io_scheduler>(context));
#endif
    bool here = false;
    bool in_other = true;
    bool in_pool = false;
    asio::post(context, [&] {
        here = detail::scheduler_runs_here(detail::scheduler_of(context));
        in_other = detail::scheduler_runs_here(detail::scheduler_of(other));
    });
    asio::post(pool, [&] { in_pool = detail::scheduler_runs_here(detail::scheduler_of(pool)); });
    context.run();
    pool.join();
    BOOST_TEST(here == are_open);
    BOOST_TEST(!in_other);
    BOOST_TEST(in_pool == are_open);
    BOOST_TEST(!detail::scheduler_runs_here(detail::scheduler_of(context)));
}

// Else the library's own specialisations are there, and nobody uses them.
BOOST_AUTO_TEST_CASE(asio_takes_the_handlers_work_and_dispatch_from_here) {
    asio::io_context context;
    bool called = false;
    const auto op = asio::async_initiate<const use_async_info_t&, void()>(
        [&]<typename Handler>(Handler handler) {
#if defined(ASYNCINFO_USE_ASIO_INTERNALS)
            using asio::detail::as_tuple_handler;
            BOOST_TEST((
                !takes_work_from_here<asio::executor_binder<void (*)(), asio::system_executor>>()));
            BOOST_TEST(takes_work_from_here<Handler>());
            BOOST_TEST(takes_work_from_here<as_tuple_handler<Handler>>());
            BOOST_TEST(takes_work_from_here<awaiting>());
            BOOST_TEST(takes_work_from_here<as_tuple_handler<awaiting>>());
            BOOST_TEST(detail::is_end<as_tuple_handler<awaiting>>);
            // It writes to a variable of the user's, which may be in the frame.
            BOOST_TEST(!detail::is_end<asio::detail::redirect_error_handler<awaiting>>);
            BOOST_TEST(!is_dispatched_once_more<Handler>());
            BOOST_TEST(!is_dispatched_once_more<awaiting>());
            BOOST_TEST((is_dispatched_once_more<
                        asio::executor_binder<void (*)(), asio::system_executor>>()));
#else
            BOOST_TEST(!are_open);
#endif
            called = true;
            std::move(handler)();
        },
        use_async_info);
    BOOST_TEST(called);
}

BOOST_AUTO_TEST_CASE(an_adapter_says_what_is_inside) {
    BOOST_TEST((asyncinfo::is_token_adapter<asio::as_tuple_t<use_async_info_t>>));
    BOOST_TEST((asyncinfo::is_token_adapter<asio::append_t<use_async_info_t, int>>));
    BOOST_TEST((asyncinfo::is_token_adapter<asio::prepend_t<use_async_info_t, int>>));
    BOOST_TEST((asyncinfo::is_token_adapter<asio::consign_t<use_async_info_t, int>>));
    error_code code;
    auto redirected = asio::redirect_error(use_async_info, code);
    BOOST_TEST(detail::redirected_to(redirected) == &code);
}

BOOST_AUTO_TEST_CASE(an_initiation_under_an_adapter_shows_the_objects_executor) {
    asio::io_context context;
    asio::steady_timer timer(context);
    bool shown = false;
    timer.async_wait(asio::as_tuple(tells_initiation{&shown}));
    BOOST_TEST((shown || !are_open));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace asyncinfo_test::doors_to_asio_are_open_test
