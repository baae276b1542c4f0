//
// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0
//
// A picture of the program is read, and who waits for whom is found out.

#include "snapshot.hpp"

#include "text.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>

#include <algorithm>
#include <map>
#include <tuple>

namespace asyncinfo_top {
namespace {

namespace json = boost::json;

// A member that is absent or something else than it should be counts as not known.

const json::object* object(const json::object& in, std::string_view key) {
    const auto* at = in.if_contains(key);
    return at ? at->if_object() : nullptr;
}

std::string text(const json::object& in, std::string_view key) {
    const auto* at = in.if_contains(key);
    const auto* string = at ? at->if_string() : nullptr;
    return string ? printable({string->data(), string->size()}) : std::string();
}

double number(const json::object& in, std::string_view key) {
    const auto* at = in.if_contains(key);
    return at && at->is_number() ? at->to_number<double>() : 0;
}

std::optional<double> maybe(const json::object& in, std::string_view key) {
    const auto* at = in.if_contains(key);
    return at && at->is_number() ? std::optional(at->to_number<double>()) : std::nullopt;
}

std::uint64_t whole(const json::value* at) {
    boost::system::error_code error;
    const auto value = at && at->is_number() ? at->to_number<std::uint64_t>(error) : 0;
    return error ? 0 : value;
}
std::uint64_t whole(const json::object& in, std::string_view key) {
    return whole(in.if_contains(key));
}

bool flag(const json::object& in, std::string_view key) {
    const auto* at = in.if_contains(key);
    const auto* value = at ? at->if_bool() : nullptr;
    return value && *value;
}

template <typename Read>
void list(const json::object& in, std::string_view key, Read read) {
    const auto* at = in.if_contains(key);
    if (const auto* array = at ? at->if_array() : nullptr)
        for (const auto& element : *array)
            if (const auto* one = element.if_object())
                read(*one);
}

operation read_operation(const json::object& from) {
    operation one;
    one.id = whole(from, "id");
    one.name = text(from, "name");
    one.what = plain(text(from, "what"));
    one.origin = text(from, "origin");
    one.result = plain(text(from, "result"));
    one.at = text(from, "at");
    one.context = text(from, "context");
    one.age = number(from, "age");
    one.parent = whole(from, "parent");
    one.polls = whole(from, "polls");
    one.parent_is_group = flag(from, "parent_is_group");
    if (const auto* request = object(from, "request"))
        one.request = operation::asked{text(*request, "by"), number(*request, "age")};
    one.deadline = maybe(from, "deadline");
    if (const auto* progress = object(from, "progress"))
        one.progress = operation::reached{number(*progress, "value"), maybe(*progress, "total"),
                                          number(*progress, "age")};
    if (const auto* awaits = object(from, "awaits"))
        one.awaits = operation::awaited{whole(*awaits, "id"), plain(text(*awaits, "what")),
                                        text(*awaits, "at")};
    return one;
}

std::string why(const json::object& from, const std::string& message) {
    const json::object none;
    const auto* known = object(from, "ending");
    const auto& ending = known ? *known : none;
    const auto reason = text(ending, "reason"), by = text(ending, "by");
    std::string result = reason == "deadline" ? "its deadline passed"
                         : reason == "abandoned"
                             ? "abandoned: its handler was destroyed without a call"
                             : reason;
    if (reason == "cancelled")
        result += by_whom(by);
    else if (!by.empty())
        result += ", cancel was asked" + by_whom(by);
    if (const auto* types = ending.if_contains("types"); types && types->is_array()) {
        std::string names;
        for (const auto& type : types->get_array())
            if (const auto* name = type.if_string())
                names.append(names.empty() ? "" : ", ")
                    .append(printable({name->data(), name->size()}));
        if (!names.empty())
            result += " (" + names + ")";
    }
    if (const auto after = maybe(ending, "stopped_after"))
        result += ", stopped after " + duration(*after);
    if (!message.empty() && reason != "cancelled")
        result += ": " + message;
    return result;
}

ending read_ended(const json::object& from) {
    ending one;
    one.id = whole(from, "id");
    one.parent = whole(from, "parent");
    one.name = text(from, "name");
    one.what = plain(text(from, "what"));
    one.origin = text(from, "origin");
    one.at = text(from, "at");
    one.status = text(from, "status");
    one.ago = number(from, "ago");
    one.took = number(from, "took");
    std::string message;
    if (const auto* error = object(from, "error")) {
        message = text(*error, "message");
        const auto value = number(*error, "value");
        one.error = message + " (" + text(*error, "category") + ":" +
                    std::to_string(static_cast<std::int64_t>(value)) + ")";
    }
    one.why = why(from, message);
    return one;
}

family read_family(const json::object& from) {
    family one;
    one.name = text(from, "name");
    one.what = plain(text(from, "what"));
    one.outstanding = whole(from, "outstanding");
    one.started = whole(from, "started");
    one.completed = whole(from, "completed");
    one.canceled = whole(from, "canceled");
    one.failed = whole(from, "failed");
    one.unseen = whole(from, "unseen");
    one.sum = number(from, "sum");
    if (const auto* buckets = from.if_contains("histogram"); buckets && buckets->is_array())
        for (const auto& bucket : buckets->get_array())
            if (const auto* pair = bucket.if_array();
                pair && pair->size() == 2 && pair->front().is_number())
                one.histogram.emplace_back(pair->front().to_number<double>(), whole(&pair->back()));
    return one;
}

} // namespace

std::string by_whom(const std::string& source) {
    static constexpr std::pair<std::string_view, std::string_view> sources[] = {
        {"handle", "a handle"},
        {"slot", "a bound cancellation slot"},
        {"combination", "its combination"},
        {"coroutine", "the coroutine that awaits it"},
        {"stop_token", "a stop token"},
        {"group", "its group"},
        {"shutdown", "the shutdown of its group"},
        {"deadline", "its own deadline"},
        {"registry", "registry::cancel, as of the console"}};
    if (source.empty() || source == "none")
        return {};
    for (const auto& [from, text] : sources)
        if (from == source)
            return " by " + std::string(text);
    return " by " + source;
}

std::string operation::label() const {
    return name.empty() || what.empty() ? title() : name + " (" + what + ")";
}

std::optional<double> family::quantile(double share) const {
    double left = 0;
    for (const auto& [upper, many] : histogram)
        left += static_cast<double>(many) * share;
    for (const auto& [upper, many] : histogram) {
        left -= static_cast<double>(many);
        if (left <= 1e-9)
            return upper;
    }
    return std::nullopt;
}

snapshot::snapshot(std::string_view from) {
    boost::system::error_code error;
    const auto document = json::parse({from.data(), from.size()}, error);
    const auto* head = document.if_object();
    if (error || !head || !head->if_contains("outstanding"))
        throw not_a_snapshot(error ? "it is not JSON: " + error.message()
                                   : "it has no member \"outstanding\"");
    taken = number(*head, "taken");
    pid = static_cast<std::int64_t>(number(*head, "pid"));
    program = text(*head, "program");
    registry = !head->if_contains("registry") || flag(*head, "registry");
    may_cancel = flag(*head, "may_cancel");
    list(*head, "outstanding", [&](const auto& one) { operations.push_back(read_operation(one)); });
    list(*head, "ended", [&](const auto& one) { ended.push_back(read_ended(one)); });
    list(*head, "families", [&](const auto& one) { families.push_back(read_family(one)); });
    list(*head, "contexts", [&](const auto& one) {
        contexts.push_back({text(one, "context"), text(one, "name"), maybe(one, "waits"),
                            flag(one, "is_stopped")});
    });
    list(*head, "lints", [&](const auto& one) {
        lints.push_back({text(one, "lint"), text(one, "what"), text(one, "text"),
                         text(one, "remedy"), whole(one, "operation")});
    });
    running = std::max<std::uint64_t>(whole(*head, "running"), operations.size());
    relate();
}

void snapshot::relate() {
    listed = operations.size();
    for (std::size_t n = 0; n != listed; ++n)
        ids_.emplace(operations[n].id, n);
    // A group is known only by its members.
    std::unordered_map<std::uint64_t, std::size_t> groups;
    for (std::size_t n = 0; n != listed; ++n) {
        const auto& one = operations[n];
        if (!one.parent_is_group || !groups.emplace(one.parent, operations.size()).second)
            continue;
        operation group;
        group.id = one.parent;
        group.name = "group " + std::to_string(one.parent);
        group.origin = "group";
        group.age = one.age;
        group.is_group = true;
        operations.push_back(std::move(group));
    }

    parents_.assign(operations.size(), none);
    children_.resize(operations.size());
    circle_.assign(operations.size(), 0);
    const auto relation = [&](std::size_t parent, std::size_t child) {
        if (parent == none || parent == child || parents_[child] != none)
            return;
        parents_[child] = parent;
        children_[parent].push_back(child);
    };
    for (std::size_t n = 0; n != listed; ++n)
        if (const auto& one = operations[n]; one.parent)
            relation(one.parent_is_group ? groups[one.parent] : find(one.parent), n);
    // A coroutine can await an operation that belongs to nothing, such as a handle it was given.
    for (std::size_t n = 0; n != listed; ++n)
        if (const auto awaited = awaited_by(n); awaited != none)
            relation(n, awaited);

    std::vector<char> reached(operations.size());
    const auto reach = [&](std::size_t from) {
        roots_.push_back(from);
        std::vector<std::size_t> stack{from};
        while (!stack.empty()) {
            const auto at = stack.back();
            stack.pop_back();
            if (reached[at])
                continue;
            reached[at] = 1;
            stack.insert(stack.end(), children_[at].begin(), children_[at].end());
        }
    };
    for (std::size_t n = 0; n != operations.size(); ++n)
        if (parents_[n] == none)
            reach(n);
    // Those that wait in a circle have no root: the first of them becomes one.
    for (std::size_t n = 0; n != operations.size(); ++n) {
        if (reached[n])
            continue;
        std::vector<char> seen(operations.size());
        auto at = n;
        for (; !seen[at]; at = parents_[at])
            seen[at] = 1;
        for (; !circle_[at]; at = parents_[at])
            circle_[at] = 1;
        reach(at);
    }
    std::sort(roots_.begin(), roots_.end(), [&](std::size_t a, std::size_t b) {
        return operations[a].age != operations[b].age ? operations[a].age > operations[b].age
                                                      : a < b;
    });
}

std::size_t snapshot::find(std::uint64_t id) const {
    const auto at = ids_.find(id);
    return at == ids_.end() ? none : at->second;
}

/// What it awaits, if that is another one of the list.
std::size_t snapshot::awaited_by(std::size_t n) const {
    const auto& one = operations[n];
    const auto awaited = one.awaits && one.awaits->id ? find(one.awaits->id) : none;
    return awaited == n ? none : awaited;
}

const ending* snapshot::find_ended(std::uint64_t id) const {
    const auto at =
        std::find_if(ended.begin(), ended.end(), [id](const ending& one) { return one.id == id; });
    return at == ended.end() ? nullptr : &*at;
}

std::vector<std::size_t> snapshot::chain(std::size_t n) const {
    std::vector<std::size_t> result;
    auto entry = none; // of a circle
    for (auto at = n; at != none && at != entry; at = parents_[at]) {
        if (circle_[at] && entry == none)
            entry = at;
        result.push_back(at);
    }
    std::reverse(result.begin(), result.end());
    return result;
}

std::vector<std::size_t> snapshot::circle_of(std::size_t n) const {
    std::vector<std::size_t> members{n};
    for (auto at = parents_[n]; at != n; at = parents_[at])
        members.push_back(at);
    std::reverse(members.begin() + 1, members.end());
    return members;
}

/// This one, and all that it waits for.
std::unordered_set<std::size_t> snapshot::reach(std::size_t from) const {
    std::unordered_set<std::size_t> found;
    std::vector<std::size_t> stack{from};
    while (!stack.empty()) {
        const auto at = stack.back();
        stack.pop_back();
        if (!found.insert(at).second)
            continue;
        stack.insert(stack.end(), children_[at].begin(), children_[at].end());
        if (const auto awaited = awaited_by(at); awaited != none)
            stack.push_back(awaited);
    }
    return found;
}

std::vector<snapshot::culprit> snapshot::culprits() const {
    std::unordered_map<std::size_t, std::unordered_set<std::size_t>> reached;
    const auto waits_for = [&](std::size_t awaited, std::size_t n) {
        const auto [at, is_new] = reached.try_emplace(awaited);
        if (is_new)
            at->second = reach(awaited);
        return at->second.contains(n);
    };
    std::vector<culprit> found;
    std::map<std::tuple<std::string_view, std::string_view, std::string_view, bool>, std::size_t>
        alike;
    std::vector<char> told(operations.size());
    for (std::size_t n = 0; n != listed; ++n) {
        const auto& one = operations[n];
        if (circle_[n]) { // one of them stands for all
            if (told[n])
                continue;
            for (const auto member : circle_of(n))
                told[member] = 1;
        } else if (!children_[n].empty())
            continue;
        // What it awaits can stand elsewhere in the tree, and can wait for it in turn.
        else if (const auto awaited = awaited_by(n); awaited != none && !waits_for(awaited, n))
            continue;
        const auto [at, is_new] =
            alike.try_emplace({one.name, one.what, one.at, one.request.has_value()}, found.size());
        if (is_new)
            found.push_back({n, 1}); // the oldest of them, since they come in that order
        else
            ++found[at->second].many;
    }
    // What somebody waits for is suspected sooner than what stands alone, such as a signal set.
    const auto rank = [&](const culprit& one) {
        const auto& suspect = operations[one.at];
        const bool is_in_circle = circle_[one.at] || awaited_by(one.at) != none;
        const bool is_wrong = suspect.request || is_in_circle || suspect.deadline.value_or(0) < 0;
        return (is_wrong ? 1e9 : 0) + (parents_[one.at] != none ? 3 : 1) * suspect.age;
    };
    std::sort(found.begin(), found.end(), [&](const culprit& a, const culprit& b) {
        return rank(a) != rank(b) ? rank(a) > rank(b) : a.at < b.at;
    });
    return found;
}

std::vector<snapshot::trouble> snapshot::troubles(std::size_t n) const {
    const auto& one = operations[n];
    std::vector<trouble> found;
    if (one.request) {
        const auto ago = duration(one.request->age) + " ago";
        found.push_back(
            {"Cancel was asked " + ago + by_whom(one.request->by) + ", and it has not stopped.",
             "cancel asked " + ago});
    }
    if (one.deadline && *one.deadline < 0) {
        const auto ago = duration(-*one.deadline) + " ago";
        found.push_back({"Its deadline passed " + ago + ".", "deadline " + ago});
    }
    if (circle_[n]) {
        std::string names;
        for (const auto member : circle_of(n))
            names += operations[member].title() + " → ";
        found.push_back({"It waits for itself: " + names + one.title() + ".", "circle"});
    }
    if (one.progress && one.progress->age > 10) {
        const auto time = duration(one.progress->age);
        found.push_back({"No progress for " + time + ".", "no progress " + time});
    }
    return found;
}

std::string snapshot::awaits_text(const operation& one) const {
    std::string result;
    if (!one.awaits)
        return result;
    if (one.awaits->id)
        result = "#" + std::to_string(one.awaits->id) + " ";
    const auto at = one.awaits->id ? find(one.awaits->id) : none;
    return result + (at != none ? operations[at].title() : one.awaits->what);
}

} // namespace asyncinfo_top
