// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0
//
// What asyncinfo-top makes of a picture, without a terminal.

#include "../../tool/asyncinfo_top/ansi.hpp"
#include "../../tool/asyncinfo_top/client.hpp"
#include "../../tool/asyncinfo_top/screen.hpp"
#include "../../tool/asyncinfo_top/text.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <clocale>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace asyncinfo_test::console_test {
namespace {

using namespace asyncinfo_top;
using namespace std::string_literals;

/// A program in which `sync` waits for `when_all`, that for two downloads, and one of them hangs.
const std::string downloads = R"({"taken":1764500000.5,"pid":4711,"program":"downloads",
"registry":true,"may_cancel":true,"running":9,"outstanding":[
{"id":1,"name":"serve","what":"listen","origin":"coroutine","age":95.4,
 "awaits":{"id":2,"what":"async_accept","at":"server.cpp:31"}},
{"id":3,"name":"sync","what":"synchronise","origin":"coroutine","age":74.2,
 "awaits":{"id":4,"what":"when_all"}},
{"id":4,"what":"when_all","origin":"combination","age":74.1,"parent":3},
{"id":5,"name":"download","what":"fetch","origin":"coroutine","age":73,"parent":4},
{"id":6,"name":"download","what":"fetch","origin":"coroutine","age":72,"parent":4},
{"id":8,"name":"read body","what":"async_read_some","origin":"initiated","age":71.3,"parent":5,"context":"0x55",
 "at":"fetch.cpp:112","result":"std::__cxx11::basic_string<char, std::char_traits<char>, std::allocator<char> >",
 "request":{"by":"handle","age":40},"progress":{"value":104000,"total":400000,"age":71}},
{"id":9,"name":"Login","what":"authenticate","origin":"coroutine","age":12,"deadline":48},
{"id":2,"what":"async_accept","origin":"initiated","age":1,"parent":1,"at":"server.cpp:31"},
{"id":7,"what":"async_read_some","origin":"initiated","age":0.04,"parent":6,"at":"fetch.cpp:112",
 "progress":{"value":52000,"total":400000,"age":0.01}}],
"ended":[{"id":10,"name":"request","what":"async_write","origin":"initiated","ago":0.3,"took":1.5,
 "status":"Canceled","error":{"value":125,"category":"system","message":"Operation canceled"},
 "ending":{"reason":"cancelled","by":"combination","types":["terminal"],"stopped_after":0.0015}},
 {"id":11,"what":"async_read","origin":"initiated","ago":2,"took":0.2,"status":"Error",
 "error":{"value":104,"category":"system","message":"Connection reset by peer"},
 "ending":{"reason":"failed"}}],
"families":[{"name":"request","what":"async_write","outstanding":0,"started":100,"completed":97,
 "canceled":1,"failed":2,"unseen":2,"sum":50,"histogram":[[0.001024,98],[0.524288,1],[1.048576,1]]},
 {"name":"login","what":"authenticate","outstanding":1,"started":1,"completed":0,"canceled":0,
 "failed":0,"unseen":0,"sum":0,"histogram":[]}],
"contexts":[{"context":"0x55","outstanding":1,"name":"pool","waits":7.2}],
"lints":[{"lint":"not_stopped","operation":8,"what":"read body",
 "text":"Cancel was asked 40 s ago, and the operation has not stopped.",
 "remedy":"Listen to its cancellation slot."},
 {"lint":"idle_context","what":"pool","text":"Nobody has run it for 7.2 s.","remedy":"Call run()."}]})";

struct utf8 {
    utf8() { BOOST_REQUIRE(std::setlocale(LC_CTYPE, "C.UTF-8")); }
};

/// One operation of this name beside an ordinary one.
std::string named(const std::string& json_name) {
    return R"({"outstanding":[{"id":1,"name":")" + json_name +
           R"(","what":"async_wait","age":5,"at":"a.cpp:1"},
           {"id":2,"name":"plain","what":"async_wait","age":4,"at":"b.cpp:2"}]})";
}

screen showing(const std::string& json, view which) {
    screen result;
    result.show(snapshot(json));
    result.open(which);
    return result;
}

std::vector<std::string> texts(const std::vector<line>& lines) {
    std::vector<std::string> result;
    for (const auto& one : lines) {
        auto text = one.text();
        text.erase(text.find_last_not_of(' ') + 1);
        result.push_back(text);
    }
    return result;
}

std::string joined(const std::vector<line>& lines) {
    std::string result;
    for (const auto& text : texts(lines))
        result += text + "\n";
    return result;
}

bool contains(const std::string& text, std::string_view part) {
    return text.find(part) != text.npos;
}

/// The names of the operations, from top to bottom.
std::vector<std::string> names(screen& of) {
    const auto all = texts(of.print());
    const auto& heads = all.at(2); // below the header and an empty line
    const auto from = static_cast<std::size_t>(width(heads.substr(0, heads.find("NAME"))));
    const auto to = static_cast<std::size_t>(width(heads.substr(0, heads.find("FUNCTION"))));
    std::vector<std::string> result;
    for (std::size_t n = 3; n < all.size(); ++n) {
        auto text = all[n].substr(from, to - from);
        text.erase(text.find_last_not_of(' ') + 1);
        result.push_back(text);
    }
    return result;
}

wish type(screen& to, std::string_view letters) {
    wish last;
    for (const char letter : letters)
        last = to.press({key::character, std::string(1, letter)});
    return last;
}

BOOST_FIXTURE_TEST_SUITE(console_top, utf8)

// --- texts --------------------------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(what_a_terminal_would_obey_is_shown_by_its_number) {
    BOOST_TEST(printable("plain") == "plain");
    BOOST_TEST(printable("a\nb\x1b[31mred\x07\x7f") == "a\\nb\\x1b[31mred\\x07\\x7f");
    BOOST_TEST(printable("\xC2\x9B"
                         "31m") == "\\x9b31m"); // the same as Escape and [
    BOOST_TEST(printable("\u202Eright") == "\\u202eright");
    BOOST_TEST(printable("zero\u200Bwidth") == "zero\\u200bwidth");
    BOOST_TEST(printable("a\u00AD\u034F\u3164\U000E0041") == "a\\xad\\u034f\\u3164\\ue0041");
    BOOST_TEST(printable("cut \xC3") == "cut \\xc3"); // it is no UTF-8
    BOOST_TEST(printable("\x00"s) == "\\x00");
}

BOOST_AUTO_TEST_CASE(a_mark_belongs_to_a_character) {
    BOOST_TEST(printable("e\u0301") == "e\u0301");
    BOOST_TEST(printable("\u0301e") == "\\u0301e");
    std::string marks = "e";
    for (int n = 0; n < 1000; ++n)
        marks += "\u0301";
    BOOST_TEST(printable(marks).size() == 1 + 8 * 2);
}

BOOST_AUTO_TEST_CASE(columns_are_counted) {
    BOOST_TEST(width("abc") == 3);
    BOOST_TEST(width("日本") == 4);
    BOOST_TEST(width("e\u0301") == 1);
    BOOST_TEST(fit("日本語", 5) == "日本…");
    BOOST_TEST(fit("日本語", 4) == "日… "); // half of a character is not shown
    BOOST_TEST(fit("ab", 4, true) == "  ab");
    BOOST_TEST(cut("abc", 0) == "");
    BOOST_TEST(cut("abc", 1) == "…");
    BOOST_TEST(cut_front("path/to/file.cpp:7", 11) == "…file.cpp:7");
    BOOST_TEST(cut_front("日本語", 4) == "…語");
    BOOST_TEST(cut_front("ae\u0301b", 2) == "…b");
    BOOST_TEST(cut_front("abc", 3) == "abc");
}

BOOST_AUTO_TEST_CASE(lines_break_between_words) {
    const auto lines = wrap("one two three", 7);
    BOOST_TEST(lines == (std::vector<std::string>{"one two", "three"}),
               boost::test_tools::per_element());
    const auto parts = wrap("abcdefgh 日本", 3);
    BOOST_TEST(parts == (std::vector<std::string>{"abc", "def", "gh", "日", "本"}),
               boost::test_tools::per_element());
    BOOST_TEST(wrap("日本", 1).size() == 2); // which does not fit, but ends
}

BOOST_AUTO_TEST_CASE(times_are_those_of_the_page) {
    BOOST_TEST(duration(0.0000004) == "0 µs");
    BOOST_TEST(duration(0.0015) == "1.5 ms");
    BOOST_TEST(duration(0.5) == "500 ms");
    BOOST_TEST(duration(9.94) == "9.9 s");
    BOOST_TEST(duration(59.4) == "59 s");
    BOOST_TEST(duration(95.4) == "1 min 35 s");
    BOOST_TEST(duration(7384) == "2 h 3 min");
    BOOST_TEST(duration(90000) == "1 d 1 h");
    BOOST_TEST(count(12345678) == "12 345 678");
}

BOOST_AUTO_TEST_CASE(ascii_takes_as_many_columns) {
    const std::string text = "▾ 日本 · e\u0301 1 µs …";
    BOOST_TEST(to_ascii(text) == "v ???? - e 1 us ~");
    BOOST_TEST(width(to_ascii(text)) == width(text));
}

// --- pictures -----------------------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(what_is_no_picture_is_refused) {
    for (const auto* text : {"", "{", "[]", "3", "{}", "{\"outstanding\":[]} x"})
        BOOST_CHECK_THROW(snapshot{text}, not_a_snapshot);
    // A member that is something else than it should be is as one that is absent.
    const snapshot odd(R"({"outstanding":[1,{"id":-1,"name":7,"age":"x","awaits":3,"parent":1e99,
        "progress":{"value":"y"}}],"ended":{},"families":[{"histogram":[1,[2],["x",1]]}],"lints":3})");
    BOOST_TEST(odd.operations.size() == 1u);
    BOOST_TEST(odd.families.at(0).histogram.empty());
}

BOOST_AUTO_TEST_CASE(the_tree_goes_from_who_waits_to_what_is_waited_for) {
    auto top = showing(downloads, view::why);
    const auto all = texts(top.print());
    BOOST_TEST(all[0] ==
               "downloads · process 4711 · 9 outstanding · oldest 1 min 35 s · 2 failed · "
               "2 unseen · 2 lints");
    BOOST_TEST(all[2] == "Waits for read body (async_read_some) · fetch.cpp:112 · 1 min 11 s · "
                         "Cancel was asked 40 s ago by a handle, and it has not stopped. · No "
                         "progress for 1 min 11 s.");
    const auto head = std::find_if(
        all.begin(), all.end(), [](const std::string& text) { return text.substr(0, 3) == "WHO"; });
    std::vector<std::string> tree;
    for (auto at = head + 1; at != all.end(); ++at)
        tree.push_back(at->substr(0, at->find("  ", at->find_first_not_of(' '))));
    const std::vector<std::string> expected{
        "▾ serve (listen)",       "  · async_accept",        "▾ sync (synchronise)",
        "  ▾ when_all",           "    ▾ download (fetch)",  "      · read body (async_read_some)",
        "    ▾ download (fetch)", "      · async_read_some", "· Login (authenticate)"};
    BOOST_TEST(tree == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_circle_is_told) {
    auto top = showing(R"({"outstanding":[
        {"id":1,"name":"ping","what":"talk","age":6,"awaits":{"id":2}},
        {"id":2,"name":"pong","what":"talk","age":6,"awaits":{"id":1}},
        {"id":3,"name":"self","what":"talk","age":5,"parent":3},
        {"id":4,"name":"leads in","what":"talk","age":4,"parent":1}]})",
                       view::why);
    const auto text = joined(top.print());
    BOOST_TEST(contains(text, "It waits for itself: ping → pong → ping."));
    for (const auto* name : {"ping (talk)", "pong (talk)", "self (talk)", "leads in (talk)"})
        BOOST_TEST(contains(text, name), name);
}

/// The names, the most suspect first.
std::vector<std::string> suspects(const snapshot& in) {
    std::vector<std::string> result;
    for (const auto& one : in.culprits())
        result.push_back(in.operations[one.at].name);
    return result;
}

BOOST_AUTO_TEST_CASE(what_is_wrong_is_suspected_first) {
    const snapshot all(R"({"outstanding":[
        {"id":1,"name":"old","age":9},
        {"id":2,"name":"waited for","age":5,"parent":5},
        {"id":3,"name":"asked","age":4,"request":{"by":"handle","age":1}},
        {"id":4,"name":"late","age":3,"deadline":-1},
        {"id":5,"name":"waits","age":2},
        {"id":6,"name":"in time","age":1,"deadline":1}]})");
    BOOST_TEST(suspects(all) ==
                   (std::vector<std::string>{"asked", "late", "waited for", "old", "in time"}),
               boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(who_awaits_what_stands_elsewhere_holds_nothing_up) {
    // `second` awaits what belongs to `first`. What `third` awaits is not listed.
    const snapshot shared(R"({"outstanding":[
        {"id":1,"name":"first","age":9,"awaits":{"id":3}},
        {"id":2,"name":"second","age":8,"awaits":{"id":3}},
        {"id":3,"name":"shared","age":7},
        {"id":4,"name":"third","age":1,"awaits":{"id":99}}]})");
    BOOST_TEST(suspects(shared) == (std::vector<std::string>{"shared", "third"}),
               boost::test_tools::per_element());
    // Those of a group that wait for each other are in a circle: nobody else could be named.
    const snapshot stuck(R"({"outstanding":[
        {"id":1,"name":"ping","age":6,"parent":9,"parent_is_group":true,"awaits":{"id":2}},
        {"id":2,"name":"pong","age":5,"parent":9,"parent_is_group":true,"awaits":{"id":1}},
        {"id":3,"name":"leads in","age":7,"parent":9,"parent_is_group":true,"awaits":{"id":1}},
        {"id":4,"name":"alone","age":99}]})");
    BOOST_TEST(suspects(stuck) == (std::vector<std::string>{"ping", "pong", "alone"}),
               boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_group_stands_above_its_members) {
    auto top = showing(R"({"outstanding":[
        {"id":1,"name":"a","age":6,"parent":9,"parent_is_group":true},
        {"id":2,"name":"b","age":5,"parent":9,"parent_is_group":true}]})",
                       view::why);
    const auto text = joined(top.print());
    BOOST_TEST(contains(text, "▾ group 9"));
    BOOST_TEST(contains(text, "  · a"));
    BOOST_TEST(contains(text, "2 outstanding"));
}

BOOST_AUTO_TEST_CASE(who_holds_up_is_chosen_first) {
    auto top = showing(downloads, view::why);
    for (const auto& one : top.draw({80, 24}))
        if (one.chosen)
            BOOST_TEST(contains(one.text(), "read body"));
    top.press({key::enter});
    const auto text = joined(top.draw({80, 24}));
    for (const auto* part :
         {"#8 read body", "Cancel was asked 40 s ago by a handle, and it has not stopped.",
          "Listen to its cancellation slot.", "Function      async_read_some",
          "Started at    fetch.cpp:112", "Result        std::string",
          "26 % (104000 of 400000), 1 min 11 s ago", "pool (0x55), nobody has run it for 7.2 s",
          "Who waits for it", "  #4 when_all · 1 min 14 s"})
        BOOST_TEST(contains(text, part), part << " is not in " << text);
    top.press({key::escape});
    BOOST_TEST(contains(joined(top.draw({80, 24})), "WHO WAITS FOR WHOM"));
}

// --- sorting, filtering, grouping ---------------------------------------------------------------

BOOST_AUTO_TEST_CASE(it_sorts_by_each_column) {
    auto top = showing(downloads, view::operations);
    const auto first_three = [&] {
        auto all = names(top);
        all.resize(3);
        return all;
    };
    using list = std::vector<std::string>;
    BOOST_TEST(names(top).size() == 9u);
    BOOST_TEST(first_three() == (list{"serve", "sync", ""}), boost::test_tools::per_element());
    type(top, "s"); // by number
    BOOST_TEST(first_three() == (list{"serve", "", "sync"}), boost::test_tools::per_element());
    type(top, "s"); // by name; those without a name are the last
    BOOST_TEST(first_three() == (list{"download", "download", "Login"}),
               boost::test_tools::per_element());
    type(top, "r");
    BOOST_TEST(first_three() == (list{"sync", "serve", "read body"}),
               boost::test_tools::per_element());
    type(top, "s"); // by function
    BOOST_TEST(first_three() == (list{"", "read body", ""}), boost::test_tools::per_element());
    type(top, "s"); // by age
    BOOST_TEST(first_three() == (list{"serve", "sync", ""}), boost::test_tools::per_element());
    type(top, "r");
    BOOST_TEST(first_three() == (list{"", "", "Login"}), boost::test_tools::per_element());
    type(top, "s"); // by state
    BOOST_TEST(first_three()[0] == "read body");
    BOOST_TEST(contains(joined(top.draw({100, 24})), "STATE ↓"));
}

BOOST_AUTO_TEST_CASE(it_filters_by_all_words) {
    auto top = showing(downloads, view::operations);
    type(top, "/FETCH.cpp q"); // in a filter, q is a letter
    BOOST_TEST(joined(top.draw({80, 24})).find("Nothing matches the filter.") != std::string::npos);
    top.press({key::backspace});
    BOOST_TEST(names(top).size() == 2u);
    type(top, "asked");
    BOOST_TEST(names(top) == std::vector<std::string>{"read body"},
               boost::test_tools::per_element());
    top.press({key::enter});
    BOOST_TEST(type(top, "q").is == wish::quit); // now it is a key
    top.press({key::escape});
    BOOST_TEST(names(top).size() == 9u);
}

BOOST_AUTO_TEST_CASE(what_is_pasted_is_text_and_no_key) {
    auto top = showing(downloads, view::operations);
    BOOST_TEST((top.press({key::pasted, "q"}).is == wish::nothing));
    BOOST_TEST((top.press({key::pasted, "c"}).is == wish::nothing));
    BOOST_TEST((top.press({key::pasted, "y"}).is == wish::nothing));
    type(top, "/");
    for (const char letter : "read\x1b"s)
        top.press({key::pasted, std::string(1, letter)});
    BOOST_TEST(contains(joined(top.draw({80, 24})), "/read\\x1b_"));
}

BOOST_AUTO_TEST_CASE(the_filter_of_the_tree_keeps_who_waits) {
    auto top = showing(downloads, view::why);
    type(top, "/body");
    const auto text = joined(top.draw({80, 30}));
    for (const auto* name : {"sync (synchronise)", "when_all", "download (fetch)", "read body"})
        BOOST_TEST(contains(text, name), name);
    BOOST_TEST(!contains(text, "serve (listen)"));
}

BOOST_AUTO_TEST_CASE(it_groups_by_name) {
    auto top = showing(downloads, view::operations);
    type(top, "g");
    const auto text = joined(top.draw({80, 24}));
    BOOST_TEST(contains(text, "(none) · 3"));
    BOOST_TEST(contains(text, "download · 2"));
    BOOST_TEST(contains(text, "Grouped by name."));
    const auto before = names(top).size();
    top.press({key::down});
    top.press({key::enter});
    BOOST_TEST(names(top).size() == before + 2);
    type(top, "ggggg");
    BOOST_TEST(names(top).size() == 9u);
}

BOOST_AUTO_TEST_CASE(a_branch_of_the_tree_closes) {
    auto top = showing(downloads, view::why);
    for (int n = 0; n < 3; ++n) // from read body to download, which closes, and to when_all
        top.press({key::left});
    top.press({key::left});
    const auto text = joined(top.print());
    BOOST_TEST(contains(text, "  ▸ when_all"));
    BOOST_TEST(!contains(text, "download (fetch)"));
    top.press({key::right});
    BOOST_TEST(contains(joined(top.print()), "    ▸ download (fetch)"));
}

BOOST_AUTO_TEST_CASE(the_choice_follows_an_operation_and_not_a_place) {
    auto top = showing(downloads, view::operations);
    top.press({key::down});
    const auto chosen = [&] {
        for (const auto& one : top.draw({80, 24}))
            if (one.chosen)
                return one.text().substr(3, 12);
        return "nothing"s;
    };
    BOOST_TEST(contains(chosen(), "sync"));
    type(top, "sss");
    BOOST_TEST(contains(chosen(), "sync"));
    top.show(snapshot(named("x"))); // it is gone
    BOOST_TEST(chosen() != "nothing");
}

// --- the other views ----------------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(it_says_why_operations_ended) {
    auto top = showing(downloads, view::ended);
    const auto text = joined(top.print());
    BOOST_TEST(contains(text, "cancelled by its combination (terminal), stopped after 1.5 ms"));
    BOOST_TEST(contains(text, "failed: Connection reset by peer"));
    top.press({key::down});
    top.press({key::enter});
    BOOST_TEST(contains(joined(top.draw({80, 24})), "Connection reset by peer (system:104)"));
}

BOOST_AUTO_TEST_CASE(it_shows_how_long_they_took) {
    auto top = showing(downloads, view::durations);
    const auto all = texts(top.print());
    BOOST_TEST(contains(all[2], "P50"));
    BOOST_TEST(contains(all[3], "request (async_write)"));
    BOOST_TEST(contains(all[3], "500 ms")); // on average
    BOOST_TEST(contains(all[3], "< 1.0 ms"));
    BOOST_TEST(contains(all[3], "< 524 ms"));
    top.press({key::enter});
    const auto text = joined(top.draw({80, 24}));
    BOOST_TEST(contains(text, "How long they took"));
    BOOST_TEST(contains(text, "< 1.0 ms       98 ████"));
}

BOOST_AUTO_TEST_CASE(lints_lead_to_their_operation) {
    auto top = showing(downloads, view::lints);
    BOOST_TEST(
        contains(joined(top.draw({100, 24})), "not_stopped   #8 read body  Cancel was asked"));
    top.press({key::enter});
    BOOST_TEST(contains(joined(top.draw({100, 24})), "Listen to its cancellation slot."));
    top.press({key::escape});
    top.press({key::down});
    top.press({key::enter});
    BOOST_TEST(contains(joined(top.draw({100, 24})), "Call run()."));
    BOOST_TEST(contains(joined(showing(named("x"), view::lints).print()), "Nothing stands out."));
}

BOOST_AUTO_TEST_CASE(help_names_every_key) {
    auto top = showing(downloads, view::why);
    type(top, "?");
    const auto text = joined(top.draw({80, 60}));
    for (const auto* part : {"Tab", "Enter", "Esc", "s, r", "cancel the operation", "quit"})
        BOOST_TEST(contains(text, part), part);
}

// --- cancel -------------------------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(cancel_asks_once_more) {
    auto top = showing(downloads, view::why);
    BOOST_TEST((type(top, "c").is == wish::nothing));
    BOOST_TEST(contains(joined(top.draw({80, 24})), "#8 read body Cancel it? y/n"));
    BOOST_TEST((type(top, "n").is == wish::nothing));
    BOOST_TEST(contains(joined(top.draw({80, 24})), "It was not cancelled."));
    type(top, "c");
    top.show(snapshot(R"({"pid":4711,"outstanding":[]})")); // while it asks, another picture comes
    const auto wanted = type(top, "y");
    BOOST_TEST((wanted.is == wish::cancel));
    BOOST_TEST(wanted.operation == 8u);
}

BOOST_AUTO_TEST_CASE(cancel_needs_permission) {
    auto top = showing(named("x"), view::operations);
    BOOST_TEST((type(top, "cy").is == wish::nothing));
    type(top, "c");
    BOOST_TEST(contains(joined(top.draw({80, 24})), "does not let its console cancel"));
}

// --- what goes on -------------------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(the_end_is_told_and_the_picture_stays) {
    auto top = showing(downloads, view::why);
    top.lose(true, "");
    top.lose(false, "Connection refused"); // the next attempts change nothing
    auto text = joined(top.draw({100, 24}));
    BOOST_TEST(
        contains(text, "The program has ended, or has closed its console. You see what was"));
    BOOST_TEST(contains(text, "Disconnected"));
    BOOST_TEST(contains(text, "read body"));
    BOOST_TEST(contains(joined(top.draw({200, 24})), "is started again has a new address."));
    type(top, "cy");
    BOOST_TEST(contains(joined(top.draw({100, 24})), "read body"));
    top.show(snapshot(downloads));
    text = joined(top.draw({100, 24}));
    BOOST_TEST(!contains(text, "has ended"));
    BOOST_TEST(contains(text, "Live"));
    top.lose(false, "Connection reset by peer\x1b[2J");
    BOOST_TEST(contains(joined(top.draw({200, 24})),
                        "The connection has broken: Connection reset by peer\\x1b[2J."));
    top.show(snapshot(downloads));
    top.lose(true, "", true);
    BOOST_TEST(contains(joined(top.draw({200, 24})), "when the console is back at this address."));
}

BOOST_AUTO_TEST_CASE(a_pause_holds_the_picture) {
    auto top = showing(downloads, view::operations);
    type(top, "p");
    top.show(snapshot(downloads.substr(0, downloads.find("{\"id\":1,")) + "]}"));
    BOOST_TEST(contains(joined(top.draw({100, 24})), "Paused"));
    BOOST_TEST(names(top).size() == 9u);
    type(top, "p");
    BOOST_TEST(contains(joined(top.draw({100, 24})), "Nothing is outstanding."));
}

BOOST_AUTO_TEST_CASE(ends_are_counted_per_second) {
    screen top;
    const auto at = [](double taken, int completed) {
        return snapshot(
            "{\"outstanding\":[],\"taken\":" + std::to_string(taken) +
            ",\"families\":[{\"what\":\"x\",\"completed\":" + std::to_string(completed) + "}]}");
    };
    top.show(at(100, 0));
    top.show(at(102, 50));
    BOOST_TEST(contains(top.print()[0].text(), "25.0 ended/s"));
    top.show(at(110, 50));
    top.show(at(111, 50));
    BOOST_TEST(contains(top.print()[0].text(), " 0.0 ended/s"));
}

BOOST_AUTO_TEST_CASE(a_silent_program_is_noticed) {
    auto top = showing(downloads, view::why);
    top.wait(7.2);
    BOOST_TEST(contains(top.draw({120, 24})[0].text(), "no picture for 7.2 s"));
    top.show(snapshot(downloads));
    BOOST_TEST(contains(top.draw({120, 24})[0].text(), "Live"));
}

BOOST_AUTO_TEST_CASE(a_registry_that_is_off_is_told) {
    auto top = showing(R"({"outstanding":[],"registry":false})", view::why);
    BOOST_TEST(contains(joined(top.draw({80, 24})), "The registry is off"));
}

// --- the screen ---------------------------------------------------------------------------------

/// In each view, with each thing that can be open: no line is too long, and there are not too many.
void fits_everywhere(const std::string& json) {
    for (const int columns : {1, 2, 3, 7, 20, 40, 59, 60, 80, 121, 300})
        for (const int rows : {1, 2, 3, 4, 5, 6, 8, 24, 70})
            for (std::size_t which = 0; which != views; ++which)
                for (const auto* keys : {"", "c", "/no", "?", "\n", "g", "gx", "L"}) {
                    auto top = showing(json, static_cast<view>(which));
                    for (const char letter : std::string_view(keys))
                        if (letter == '\n')
                            top.press({key::enter});
                        else if (letter == 'L')
                            top.lose(false, "reset");
                        else
                            type(top, std::string(1, letter));
                    const auto lines = top.draw({columns, rows});
                    BOOST_TEST(static_cast<int>(lines.size()) == rows);
                    for (const auto& one : lines)
                        if (one.columns() > columns)
                            BOOST_ERROR(columns << " x " << rows << ", view " << which
                                                << ", keys \"" << keys << "\": " << one.text());
                }
}

BOOST_AUTO_TEST_CASE(every_size_fits) {
    fits_everywhere(downloads);
    fits_everywhere(named("日本語日本語日本語日本語e\\u0301\\u001b[31m"));
    fits_everywhere(R"({"outstanding":[]})");
    screen nothing;
    BOOST_TEST(nothing.draw({80, 24}).size() == 24u);
    BOOST_TEST(nothing.draw({0, 24}).empty());
}

BOOST_AUTO_TEST_CASE(twenty_columns_and_five_rows_are_of_use) {
    auto top = showing(downloads, view::operations);
    const auto all = texts(top.draw({20, 5}));
    BOOST_TEST(all[0] == "downloads · 9 run");
    BOOST_TEST(all[1] == "[2 Operations]");
    BOOST_TEST(all[2] == "serve 1 min 35 s");
    BOOST_TEST(all[3] == "sync  1 min 14 s");
    BOOST_TEST(all[4] == "q quit  ? help");
    top.press({key::down});
    top.press({key::down});
    BOOST_TEST(texts(top.draw({20, 5}))[3] == "when_all 1 min 14 s"); // it has no name
}

BOOST_AUTO_TEST_CASE(wide_characters_do_not_shift_columns) {
    for (const auto* name :
         {"日本語", "e\\u0301e\\u0301", "한국어", "😀", "\\u001b[31m", "\\u202e"}) {
        auto top = showing(named(name), view::operations);
        std::vector<int> places;
        for (const auto& one : top.draw({80, 24})) {
            const auto text = one.text();
            if (const auto at = text.find("async_wait"); at != text.npos)
                places.push_back(width(text.substr(0, at)));
        }
        BOOST_TEST(places.size() == 2u);
        BOOST_TEST(places.at(0) == places.at(1), name);
    }
}

BOOST_AUTO_TEST_CASE(rows_scroll_with_the_choice) {
    std::string many = R"({"outstanding":[)";
    for (int n = 1; n <= 1000; ++n)
        many += (n > 1 ? "," : "") + R"({"id":)"s + std::to_string(n) + R"(,"name":"op)" +
                std::to_string(n) + R"(","age":)" + std::to_string(2000 - n) + "}";
    auto top = showing(many + "]}", view::operations);
    top.draw({80, 24});
    const auto chosen = [&] {
        std::string found;
        for (const auto& one : top.draw({80, 24}))
            if (one.chosen)
                found += one.text();
        return found;
    };
    BOOST_TEST(contains(chosen(), "op1 "));
    top.press({key::end});
    BOOST_TEST(contains(chosen(), "op1000 "));
    top.press({key::page_up});
    BOOST_TEST(contains(chosen(), "op980 "));
    top.press({key::home});
    BOOST_TEST(contains(chosen(), "op1 "));
    BOOST_TEST(top.print().size() == 1003u);
}

// --- the terminal's language --------------------------------------------------------------------

/// All that begins with Escape, taken out.
std::string without_escapes(const std::string& from) {
    std::string result;
    for (std::size_t n = 0; n < from.size(); ++n)
        if (from[n] != '\x1b')
            result += from[n];
        else {
            BOOST_REQUIRE(from.at(n + 1) == '[');
            n += 2;
            while (from.at(n) >= 0x20 && from.at(n) < 0x40)
                ++n;
            BOOST_TEST("HmKG"s.find(from[n]) != std::string::npos);
        }
    return result;
}

BOOST_AUTO_TEST_CASE(no_escape_comes_from_the_program) {
    // In each text that it sends.
    auto json = downloads;
    const std::string evil = "\\u001b]0;owned\\u0007\\u009b2J";
    for (const auto* text : {"downloads", "serve", "async_accept", "coroutine", "fetch.cpp:112",
                             "Operation canceled", "async_write", "read body", "remedy\":\"",
                             "not_stopped", "terminal", "combination", "handle"}) {
        const std::string found = text;
        for (auto at = json.find(found); at != json.npos; at = json.find(found, at))
            if (at += found.size(); json.compare(at, 2, "\":") != 0)
                json.insert(at, evil), at += evil.size();
    }
    for (std::size_t which = 0; which != views; ++which)
        for (const auto* keys : {"", "\n", "g", "c", "/serve"}) {
            auto top = showing(json, static_cast<view>(which));
            for (const char letter : std::string_view(keys))
                letter == '\n' ? top.press({key::enter}) : type(top, std::string(1, letter));
            const auto lines = top.draw({200, 50});
            const auto painted = without_escapes(paint(lines, {}, {200, 50}, {}));
            for (const char c : painted)
                BOOST_REQUIRE((static_cast<unsigned char>(c) >= 0x20 && c != 0x7f));
            BOOST_TEST(!contains(painted, "\xC2\x9B"));
        }
}

BOOST_AUTO_TEST_CASE(only_lines_that_changed_are_written) {
    const std::vector<line> before{line("one"), line("two"), line("three")};
    auto after = before;
    BOOST_TEST(paint(after, before, {20, 3}, {}).empty());
    after[1] = line("2");
    BOOST_TEST(paint(after, before, {20, 3}, {}) == "\x1b[2;1H\x1b[0m\x1b[2K\x1b[0;m2\x1b[0m");
    after[1] = before[1];
    after[2].chosen = true;
    BOOST_TEST(contains(paint(after, before, {20, 3}, {}), "\x1b[0;7mthree"));
}

BOOST_AUTO_TEST_CASE(the_place_behind_a_wide_character_is_told) {
    const std::vector<line> lines{line("日本").add("x")};
    BOOST_TEST(contains(paint(lines, {}, {20, 3}, {}), "日本\x1b[5G\x1b[0;mx"));
}

BOOST_AUTO_TEST_CASE(colours_can_be_left_out) {
    const std::vector<line> lines{line("bad", look::bad).add("name", look::name)};
    BOOST_TEST(contains(paint(lines, {}, {20, 3}, {}), "31m"));
    const auto plain = paint(lines, {}, {20, 3}, {.has_colours = false});
    BOOST_TEST(!contains(plain, "31m"));
    BOOST_TEST(!contains(plain, "36m"));
}

BOOST_AUTO_TEST_CASE(keys_are_read_in_any_pieces) {
    const std::string sent = "a\x1b[A\x1b[5~\x1bOB\r\x7f日\x1b[200~q\x1b[201~\t\x1b[Z\x1b[1;5C";
    const std::vector<key::kind> expected{
        key::character, key::up,     key::page_up, key::down,     key::enter, key::backspace,
        key::character, key::pasted, key::tab,     key::back_tab, key::right};
    for (const std::size_t piece : {std::size_t(1), std::size_t(2), std::size_t(5), sent.size()}) {
        key_reader reader;
        std::vector<key> keys;
        for (std::size_t at = 0; at < sent.size(); at += piece)
            for (const auto& one : reader.feed(sent.substr(at, piece)))
                keys.push_back(one);
        BOOST_REQUIRE(keys.size() == expected.size());
        for (std::size_t n = 0; n != keys.size(); ++n)
            BOOST_TEST(static_cast<int>(keys[n].is) == static_cast<int>(expected[n]));
        BOOST_TEST(keys[6].text == "日");
        BOOST_TEST(!reader.is_within());
    }
}

BOOST_AUTO_TEST_CASE(escape_alone_is_a_key_once_nothing_follows) {
    key_reader reader;
    BOOST_TEST(reader.feed("\x1b").empty());
    BOOST_TEST(reader.is_within());
    const auto keys = reader.nothing_follows();
    BOOST_TEST(keys.size() == 1u);
    BOOST_TEST((keys.at(0).is == key::escape));
    BOOST_TEST(!reader.is_within());
    for (int n = 0; n < 256; ++n) // whatever a terminal sends, it is read
        reader.feed(std::string(3, static_cast<char>(n)));
    reader.feed("\x1b[" + std::string(1000, '1'));
    reader.nothing_follows();
    BOOST_TEST(reader.feed("q").size() == 1u);
}

// --- addresses ----------------------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(addresses_are_read) {
    const auto tcp = read_address("http://127.0.0.1:34567/secret/");
    BOOST_TEST(tcp.host == "127.0.0.1");
    BOOST_TEST(tcp.port == "34567");
    BOOST_TEST(tcp.path == "/secret/");
    BOOST_TEST(tcp.shown == "http://127.0.0.1:34567/");
    BOOST_TEST(read_address("http://[::1]:80/s").path == "/s/");
    BOOST_TEST(read_address("http://[::1]/s").host == "[::1]");
    BOOST_TEST(read_address("http://h:1/s/#operations").path == "/s/");
    BOOST_TEST(read_address("unix:/run/x").file == "/run/x");
    for (const auto* wrong : {"", "127.0.0.1:3", "https://h/", "http://", "http:///x", "http://h:/",
                              "unix:", "http://h:1/a b/", "http://h:1/a\r\nX: y/"})
        BOOST_CHECK_THROW(read_address(wrong), failure);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
} // namespace asyncinfo_test::console_test
