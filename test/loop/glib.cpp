// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#include <asyncinfo/loop/glib.hpp>

#include "poller_tests.hpp"

#include <memory>
#include <utility>

namespace glib_test {
namespace {

/// A context of its own, so that nothing but the test is in it.
struct loop {
    GMainContext* const context = g_main_context_new();

    loop() = default;
    loop(const loop&) = delete;
    ~loop() { g_main_context_unref(context); }

    void wait() { g_main_context_iteration(context, TRUE); }
    void add_other(int& calls) {
        GSource* const source = g_timeout_source_new(0);
        g_source_set_callback(
            source, [](gpointer data) -> gboolean { return ++*static_cast<int*>(data); }, &calls,
            nullptr);
        g_source_attach(source, context);
        g_source_unref(source);
    }

    template <typename... More>
    auto poller(asyncinfo::completion_queue& queue, More&&... more) {
        return std::make_unique<asyncinfo::glib_poller>(queue, context,
                                                        std::forward<More>(more)...);
    }
};

} // namespace
} // namespace glib_test

using namespace glib_test;

BOOST_AUTO_TEST_SUITE(glib)

POLLER_TESTS(loop)

BOOST_AUTO_TEST_CASE(the_null_context_is_the_default_one) {
    asyncinfo::completion_queue queue;
    asyncinfo::glib_poller poller(queue);
    bool called = false;
    asio::post(queue, [&] { called = true; });
    g_main_context_iteration(nullptr, FALSE);
    BOOST_TEST(called);
    BOOST_TEST(g_source_get_context(poller.source()) == g_main_context_default());
}

BOOST_AUTO_TEST_SUITE_END()
