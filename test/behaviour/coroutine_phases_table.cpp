// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#include <asyncinfo/detail/core/coroutine_phase.hpp>

#include <boost/test/unit_test.hpp>

#include <vector>

/// The phases of a coroutine's body, and of the right to resume it: what each event gives as a
/// table, and all orders of events.
namespace asyncinfo_test::coroutine_phases_table_test {
namespace {

using asyncinfo::detail::coroutine_phase;
using next = coroutine_phase::next;

enum event {
    begins_away,
    begins,
    suspend,
    stays,   ///< it has suspended
    runs_on, ///< it has not
    refused, ///< the right was not given away
    takes,   ///< the right; it was not lost
    takes_lost,
    back,
    back_inside,
    lost,
    given_back,
    callback,
    callback_ends,
    returns,
    context_ends,
    context_ends_on_stack,
    context_ends_awaiting,
    context_was_over,
    moves,
    ends
};

struct step {
    event what;
    next then = next::nothing;
};

struct row {
    const char* name;
    std::vector<step> steps;
};

using enum coroutine_phase::next;

const step in{begins}, out{suspend}, suspended{stays};

const row table[] = {
    {"awaits", {in, out, suspended, {returns}, {back, resume}, {takes}, {ends}, {returns}}},
    {"awaits twice", {in, out, suspended, {back, resume}, {takes}, out, suspended, {back, resume}}},
    {"completes inline", {in, out, {back}, {runs_on}, {takes}}},
    {"completes inline, inside", {in, out, {back_inside}, {runs_on}, {takes}}},
    {"the right is not given away", {in, out, {refused}, {takes}, out, suspended, {back, resume}}},
    {"not given away, and lost", {in, out, {lost}, {refused}, {takes}}},
    {"still where it was called",
     {{begins_away},
      in,
      out,
      {back_inside, post},
      suspended,
      {back, resume},
      {takes},
      out,
      {back_inside},
      {runs_on}}},
    {"where it was called, but suspended",
     {{begins_away}, in, out, suspended, {back_inside, resume}}},
    {"abandoned", {in, out, suspended, {lost, destroy}, {context_ends}}},
    {"abandoned at once", {in, out, {lost}, {runs_on}, {takes_lost}, {ends}}},
    {"abandoned at once, and awaits what has ended",
     {in, out, {lost}, {runs_on}, {takes_lost}, {takes}}},
    {"called back", {in, out, suspended, {callback}, {callback_ends}, {back, resume}}},
    {"resumed by its callback",
     {in, out, suspended, {callback}, {back}, {callback_ends, resume}, {takes}}},
    {"resumed by its callback, inside",
     {{begins_away}, in, out, suspended, {callback}, {back_inside}, {callback_ends, resume}}},
    {"abandoned by its callback",
     {in, out, suspended, {callback}, {lost}, {callback_ends, destroy}}},
    {"its context ends", {in, out, suspended, {context_ends, take_away}, {back, let_go}}},
    {"its context ends, and the right is lost",
     {in, out, suspended, {context_ends, take_away}, {lost, let_go}}},
    {"its context ends, and the right is given back",
     {in, out, suspended, {context_ends, take_away}, {given_back, let_go}}},
    {"the right is given back first", {in, out, suspended, {given_back}, {context_ends, destroy}}},
    {"what it awaits ends first",
     {in,
      out,
      suspended,
      {context_ends_awaiting, postpone},
      {given_back},
      {context_ends_awaiting, destroy}}},
    {"what it awaits never ends",
     {in, out, suspended, {context_ends_awaiting, postpone}, {context_ends, take_away}}},
    {"its body ends its context",
     {in, {context_ends_on_stack}, out, suspended, {returns, take_away}, {lost, let_go}}},
    {"its body ends its context, and then itself",
     {in, {context_ends_on_stack}, {ends}, {returns}}},
    {"its body ends its context, and awaits nothing",
     {in,
      {context_ends_on_stack},
      out,
      {back},
      {runs_on},
      {takes},
      out,
      suspended,
      {returns, take_away}}},
    {"its body ends its context, and moves",
     {in, {context_ends_on_stack}, out, {moves}, suspended, {returns}, {back, resume}}},
    {"its context was over when it suspended",
     {in, out, suspended, {context_was_over}, {returns, take_away}, {lost, let_go}}},
    {"its context was over, and the right is given back while it suspends",
     {in, out, {given_back}, suspended, {context_was_over}, {returns, destroy}}},
    {"its callback ends its context",
     {in,
      out,
      suspended,
      {callback},
      {context_ends_on_stack},
      {callback_ends, take_away},
      {back, let_go}}},
    {"its callback ends its context, and it resumes",
     {in,
      out,
      suspended,
      {callback},
      {context_ends_on_stack},
      {back},
      {callback_ends, resume},
      out,
      suspended,
      {returns, take_away}}},
    {"a step of the awaited ends its context",
     {in, out, suspended, {context_ends_on_stack}, {given_back, destroy}}},
    {"given back while it suspends",
     {in, {context_ends_on_stack}, out, {given_back}, suspended, {returns, destroy}}},
    {"given back, and a step ends its context",
     {in, out, suspended, {given_back}, {context_ends_on_stack, destroy}}},
    {"ended", {in, {ends}, {returns}, {context_ends}, {context_ends_awaiting}}},
};

next apply(coroutine_phase& phase, event what) {
    switch (what) {
    case begins_away:
        return phase.begin_away(), nothing;
    case begins:
        return phase.begin(), nothing;
    case suspend:
        return phase.suspend(), nothing;
    case stays:
        return phase.suspended() ? nothing : resume;
    case runs_on:
        return phase.suspended() ? destroy : nothing;
    case refused:
        return phase.not_suspended(), nothing;
    case takes:
        return phase.take_right() ? destroy : nothing;
    case takes_lost:
        return phase.take_right() ? nothing : destroy;
    case back:
        return phase.come_back();
    case back_inside:
        return phase.come_back_inside();
    case lost:
        return phase.lose();
    case given_back:
        return phase.give_back();
    case callback:
        return phase.begin_callback(), nothing;
    case callback_ends:
        return phase.end_callback();
    case returns:
        return phase.body_returned();
    case context_ends:
        return phase.context_ends(false, false);
    case context_ends_on_stack:
        return phase.context_ends(true, false);
    case context_ends_awaiting:
        return phase.context_ends(false, true);
    case context_was_over:
        return phase.context_was_over(), nothing;
    case moves:
        return phase.change_context(), nothing;
    case ends:
        break;
    }
    return phase.end(), nothing;
}

} // namespace

BOOST_AUTO_TEST_SUITE(coroutine_phases_table)

BOOST_AUTO_TEST_CASE(as_it_says) {
    for (const auto& row : table) {
        BOOST_TEST_CONTEXT(row.name) {
            coroutine_phase phase;
            int number = 0;
            for (const auto& step : row.steps) {
                BOOST_TEST_INFO("step " << ++number);
                BOOST_TEST((apply(phase, step.what) == step.then));
            }
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace asyncinfo_test::coroutine_phases_table_test
