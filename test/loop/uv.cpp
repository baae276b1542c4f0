// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#include <asyncinfo/loop/uv.hpp>

#include "poller_tests.hpp"

#include <boost/system/errc.hpp>
#include <boost/system/system_error.hpp>

#include <memory>
#include <utility>

namespace uv_test {
namespace {

struct loop {
    uv_loop_t uv;
    uv_idle_t idle;

    loop() { BOOST_TEST_REQUIRE(uv_loop_init(&uv) == 0); }
    loop(const loop&) = delete;
    ~loop() {
        uv_walk(
            &uv,
            [](uv_handle_t* handle, void*) {
                if (!uv_is_closing(handle))
                    uv_close(handle, nullptr);
            },
            nullptr);
        uv_run(&uv, UV_RUN_DEFAULT);
        BOOST_TEST(uv_loop_close(&uv) == 0); // nothing of a poller is left in it
    }

    void wait() { uv_run(&uv, UV_RUN_ONCE); }
    void add_other(int& calls) {
        uv_idle_init(&uv, &idle);
        idle.data = &calls;
        uv_idle_start(&idle, [](uv_idle_t* self) { ++*static_cast<int*>(self->data); });
    }

    template <typename... More>
    auto poller(asyncinfo::completion_queue& queue, More&&... more) {
        return std::make_unique<asyncinfo::uv_poller>(queue, &uv, std::forward<More>(more)...);
    }
};

} // namespace
} // namespace uv_test

using namespace uv_test;

BOOST_AUTO_TEST_SUITE(uv)

POLLER_TESTS(loop)

BOOST_AUTO_TEST_CASE(it_keeps_the_loop_running_unless_told_otherwise) {
    loop here;
    asyncinfo::completion_queue queue;
    auto poller = here.poller(queue);
    BOOST_TEST(uv_loop_alive(&here.uv) != 0);
    uv_unref(poller->handle());
    BOOST_TEST(uv_loop_alive(&here.uv) == 0);
}

BOOST_AUTO_TEST_CASE(its_handle_is_there_until_the_loop_is_done_with_it) {
    loop here;
    asyncinfo::completion_queue queue;
    here.poller(queue).reset();
    const auto handles = [&] {
        int count = 0;
        uv_walk(
            &here.uv,
            [](uv_handle_t* handle, void* counted) {
                // Read here: what libuv does with it no sanitizer sees.
                BOOST_TEST((handle->type == UV_POLL));
                BOOST_TEST(uv_is_closing(handle) != 0);
                ++*static_cast<int*>(counted);
            },
            &count);
        return count;
    };
    BOOST_TEST(handles() == 1);
    uv_run(&here.uv, UV_RUN_NOWAIT);
    BOOST_TEST(handles() == 0);
}

BOOST_AUTO_TEST_CASE(errors_of_libuv_are_thrown) {
    loop here;
    asyncinfo::completion_queue queue;
    auto poller = here.poller(queue); // the descriptor is watched; a second time is refused
    BOOST_CHECK_EXCEPTION(here.poller(queue), boost::system::system_error,
                          [](auto& e) { return e.code() == boost::system::errc::file_exists; });
    bool called = false;
    asio::post(queue, [&] { called = true; });
    here.wait();
    BOOST_TEST(called);
}

BOOST_AUTO_TEST_SUITE_END()
