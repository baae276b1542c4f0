//
// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0
//
// The registry as text.

#include <asyncinfo/registry.hpp>

#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>

#include <cmath>
#include <cstdio>
#include <memory>
#include <ostream>
#include <sstream>
#include <thread>
#include <unordered_map>
#include <unordered_set>
#include <utility>

namespace asyncinfo::registry {
namespace {

/// A text of a program's own, on one line, without what a terminal would obey.
struct printable {
    std::string_view text;

    friend std::ostream& operator<<(std::ostream& stream, const printable& p) {
        for (const char c : p.text)
            stream << (static_cast<unsigned char>(c) < 0x20 || c == 0x7f ? '?' : c);
        return stream;
    }
};

struct seconds {
    clock::duration time;

    friend std::ostream& operator<<(std::ostream& stream, const seconds& s) {
        char text[32];
        const double count = std::chrono::duration<double>(s.time).count();
        std::snprintf(text, sizeof text, "%.*f s", std::abs(count) < 10 ? 3 : 1, count);
        return stream << text;
    }
};

std::ostream& operator<<(std::ostream& stream, const location& place) {
    return stream << printable{place.file} << ':' << place.line;
}

class tree {
public:
    tree(std::ostream& stream, const report& from) : stream_(stream), from_(from) {
        for (const outstanding& o : from.running)
            known_.emplace(o.id, &o);
        for (const outstanding& o : from.running)
            if (o.parent != 0 && !o.parent_is_group && known_.contains(o.parent))
                children_[o.parent].push_back(&o);
    }

    void write() {
        stream_ << from_.running.size()
                << (from_.running.size() == 1 ? " operation is running\n"
                                              : " operations are running\n");
        for (const outstanding& o : from_.running)
            if (is_root(o))
                write(o, 0);
        // What waits for each other in a circle has no root.
        for (const outstanding& o : from_.running)
            if (!written_.contains(o.id))
                write(o, 0);
    }

private:
    bool is_root(const outstanding& o) const {
        return o.parent == 0 || o.parent_is_group || !known_.contains(o.parent);
    }

    void write(const outstanding& top, std::size_t depth) {
        // Not by recursion: a chain of coroutines can be long.
        std::vector<std::pair<const outstanding*, std::size_t>> next{{&top, depth}};
        while (!next.empty()) {
            const auto [o, level] = next.back();
            next.pop_back();
            if (!written_.insert(o->id).second)
                continue;
            write_one(*o, level);
            if (const auto found = children_.find(o->id); found != children_.end())
                for (auto child = found->second.rbegin(); child != found->second.rend(); ++child)
                    next.emplace_back(*child, level + 1);
        }
    }

    void write_one(const outstanding& o, std::size_t level) {
        const std::string indent(2 * (level < 40 ? level : 40), ' ');
        stream_ << indent << '#' << o.id << ' ';
        if (!o.name.empty())
            stream_ << '"' << printable{o.name} << "\" ";
        stream_ << printable{o.what} << ", for " << seconds{from_.taken - o.started};
        if (!o.at.file.empty())
            stream_ << ", " << o.at;
        if (o.parent_is_group)
            stream_ << ", in group #" << o.parent;
        if (o.progress && !std::isnan(o.progress->value)) {
            stream_ << ", progress " << o.progress->value;
            if (o.progress->total)
                stream_ << " of " << *o.progress->total;
            stream_ << ' ' << seconds{from_.taken - o.progress->at} << " ago";
        }
        if (o.deadline)
            stream_ << ", deadline in " << seconds{*o.deadline - from_.taken};
        if (o.request)
            stream_ << ", asked to stop " << seconds{from_.taken - o.request->at} << " ago ("
                    << to_string(o.request->by) << ')';
        stream_ << '\n';
        if (o.awaits) {
            stream_ << indent << "  awaits ";
            if (o.awaits->id != 0)
                stream_ << '#' << o.awaits->id;
            else
                stream_ << printable{o.awaits->what};
            if (!o.awaits->at.file.empty())
                stream_ << " at " << o.awaits->at;
            stream_ << '\n';
        }
    }

    std::ostream& stream_;
    const report& from_;
    std::unordered_map<std::uint64_t, const outstanding*> known_;
    std::unordered_map<std::uint64_t, std::vector<const outstanding*>> children_;
    std::unordered_set<std::uint64_t> written_;
};

/// The thread that dumps. It lives until the program ends.
class signal_thread {
public:
    static signal_thread& instance() {
        static signal_thread one;
        return one;
    }

    void add(int signal) { signals_.add(signal); }

private:
    signal_thread() : signals_(context_) {
        wait();
        thread_ = std::thread([this] { context_.run(); });
    }
    ~signal_thread() {
        context_.stop();
        thread_.join();
    }

    void wait() {
        signals_.async_wait([this](const boost::system::error_code& error, int) {
            if (error)
                return;
            try {
                std::ostringstream text;
                dump(text);
                std::fputs(text.str().c_str(), stderr); // not buffered
            } catch (const std::bad_alloc&) {
            }
            wait();
        });
    }

    boost::asio::io_context context_{1};
    boost::asio::signal_set signals_;
    std::thread thread_;
};

} // namespace

void dump(std::ostream& stream, const report& from) { tree(stream, from).write(); }
void dump(std::ostream& stream) { dump(stream, snapshot()); }

void dump_on_signal(int signal) { signal_thread::instance().add(signal); }

} // namespace asyncinfo::registry
