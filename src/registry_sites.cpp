//
// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0
//
// The names that the registry shows: made once for each place where operations start.

#include <asyncinfo/detail/registry/rows.hpp>

#include <boost/algorithm/string/replace.hpp>
#include <boost/container_hash/hash.hpp>

#include <algorithm>
#include <map>
#include <memory>
#include <mutex>
#include <new>
#include <stdexcept>
#include <string>
#include <utility>

namespace asyncinfo::detail {
namespace {

/// All sites. Whoever looks for one takes no lock; whoever adds one does.
struct site_table {
    static constexpr std::size_t buckets = 1 << 12;

    std::atomic<registry_site*> of_hash[buckets]{};
    std::atomic<registry_site*> of_index[registry_site::most]{};
    std::atomic<registry_family*> families[registry_site::most]{};
    // With `lasting_mutex<site_table>`:
    std::atomic<unsigned> sites{1}; ///< also read without it
    unsigned known_families = 0;
};
constinit site_table all_sites;

constexpr std::string_view too_many_names = "(too many names)";

/// "ns::type<a, b>::f" becomes "ns::type::f".
std::string without_arguments(std::string_view text) {
    std::string kept;
    int depth = 0;
    for (const char c : text) {
        if (c == '<')
            ++depth;
        else if (c == '>')
            depth = (std::max)(depth - 1, 0);
        else if (depth == 0)
            kept.push_back(c);
    }
    return kept;
}

bool is_lambda(std::string_view text) noexcept {
    return text.find("lambda") != text.npos || text.find("(anonymous class)") != text.npos;
}

std::string_view cut_at(std::string_view text, std::string_view first) noexcept {
    return text.substr(0, text.find(first));
}

/// "task server::session(int) [with T = int]" becomes "server::session".
std::string function_name(std::string_view text) {
    text = cut_at(text, " [");
    if (is_lambda(text))
        return "lambda";
    std::string plain = without_arguments(text);
    boost::replace_all(plain, "(anonymous namespace)", "{anonymous}"); // so clang calls it
    std::string_view name = cut_at(plain, "(");
    return std::string(name.substr(name.rfind(' ') + 1));
}

/// A type's name; as the compiler writes it, if it cannot be read otherwise.
std::string name_of(const boost::typeindex::type_index& type) {
    try {
        return type.pretty_name();
    } catch (const std::runtime_error&) { // the demangler does not know it
        return type.raw_name();
    }
}

/// "ip::basic_socket<tcp>::initiate_async_connect" becomes "async_connect".
std::string initiation_name(std::string_view type) {
    if (is_lambda(type))
        return "lambda";
    // An adapter, such as as_tuple, wraps the initiation.
    constexpr std::string_view wrapper = "::init_wrapper<";
    if (const auto at = type.rfind(wrapper); at != type.npos && type.ends_with('>'))
        return initiation_name(
            type.substr(at + wrapper.size(), type.size() - at - wrapper.size() - 1));
    const std::string plain = without_arguments(type);
    std::string_view name = plain;
    if (const auto colon = name.rfind(':'); colon != name.npos)
        name.remove_prefix(colon + 1);
    constexpr std::string_view prefix = "initiate_";
    if (name.starts_with(prefix))
        name.remove_prefix(prefix.size());
    // Of async_read_until there are several, which Asio tells apart by what they read up to.
    constexpr std::string_view read_until = "async_read_until";
    if (name.starts_with(read_until))
        name = read_until;
    return std::string(cut_at(name, "_with_executor"));
}

/// The first of the arguments of `operation_kind<T, P>`.
std::string result_name(const boost::typeindex::type_index& kind) {
    const std::string pretty = name_of(kind);
    const auto begin = pretty.find("operation_kind<");
    if (begin == pretty.npos)
        return {};
    std::string_view rest = std::string_view(pretty).substr(begin + sizeof("operation_kind<") - 1);
    int depth = 0;
    std::size_t end = 0;
    for (; end < rest.size(); ++end) {
        const char c = rest[end];
        depth += (c == '<' || c == '(') - (c == '>' || c == ')');
        if (depth < 0 || (depth == 0 && c == ','))
            break;
    }
    return std::string(rest.substr(0, end));
}

const char* key_of_what(const operation_description& d) noexcept {
    return d.what_text ? d.what_text : d.what_type.raw_name();
}

std::size_t hash_of(const operation_description& d) noexcept {
    std::size_t seed = d.line;
    boost::hash_combine(seed, key_of_what(d));
    boost::hash_combine(seed, d.file);
    if (!d.name.empty())
        boost::hash_combine(seed, boost::hash_range(d.name.begin(), d.name.end()));
    return seed;
}

const registry_site* find(const registry_site* first, std::size_t hash,
                          const operation_description& d) noexcept {
    while (first && !(first->hash == hash && first->is_of(d)))
        first = first->next;
    return first;
}

/// Called with the lock.
registry_family* family_of(const registry_site& site) {
    using key = std::pair<std::string_view, std::string_view>; // of families, which stay
    static auto* const known = new std::map<key, registry_family*>;
    const key wanted(site.name, site.name.empty() ? std::string_view(site.what) : "");
    if (const auto found = known->find(wanted); found != known->end())
        return found->second;
    auto made = std::make_unique<registry_family>(
        registry_family{site.name, site.what, all_sites.known_families});
    known->emplace(key(made->name, site.name.empty() ? made->what : ""), made.get());
    all_sites.families[all_sites.known_families++].store(made.get(), std::memory_order_release);
    return made.release();
}

} // namespace

bool registry_site::is_of(const operation_description& d) const noexcept {
    return what_key == key_of_what(d) && line == d.line && file == d.file &&
           kind_key == d.kind.raw_name() && name == d.name;
}

const registry_site* registry_site::of(const operation_description& described) noexcept {
    const std::size_t hash = hash_of(described);
    auto& bucket = all_sites.of_hash[hash % site_table::buckets];
    if (const auto* known = find(bucket.load(std::memory_order_acquire), hash, described))
        return known;
    // The last places are left to what has no name. No thread meets another here.
    if (!described.name.empty() && described.name != too_many_names &&
        all_sites.sites.load(std::memory_order_relaxed) >= most - most / 16) {
        operation_description nameless = described;
        nameless.name = too_many_names;
        return of(nameless);
    }
    try {
        const std::lock_guard guard(lasting_mutex<site_table>());
        if (const auto* known = find(bucket.load(std::memory_order_relaxed), hash, described))
            return known;
        if (all_sites.sites == most)
            return nullptr;
        auto made = std::make_unique<registry_site>();
        made->name = described.name;
        made->what_key = key_of_what(described);
        made->kind_key = described.kind.raw_name();
        made->file = described.file;
        made->line = described.line;
        made->hash = hash;
        made->origin = described.origin;
        made->what = !described.what_text ? initiation_name(name_of(described.what_type))
                     : described.origin == operation_origin::coroutine
                         ? function_name(described.what_text)
                         : described.what_text;
        made->result = result_name(described.kind);
        made->family = family_of(*made);
        made->index = all_sites.sites++;
        made->next = bucket.load(std::memory_order_relaxed);
        registry_site* const added = made.release();
        all_sites.of_index[added->index].store(added, std::memory_order_release);
        bucket.store(added, std::memory_order_release);
        return added;
    } catch (const std::bad_alloc&) {
        return nullptr;
    }
}

const registry_site* registry_site::at(unsigned index) noexcept {
    return index < most ? all_sites.of_index[index].load(std::memory_order_acquire) : nullptr;
}

const registry_family* registry_site::family_at(unsigned index) noexcept {
    return index < most ? all_sites.families[index].load(std::memory_order_acquire) : nullptr;
}

} // namespace asyncinfo::detail
