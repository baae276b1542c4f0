//
// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0
//
// The trace file: Chrome's Trace Event Format, of which Perfetto reads the JSON form.

#include "utf8.hpp"

#include <asyncinfo/detail/registry/rows.hpp>
#include <asyncinfo/registry.hpp>
#include <asyncinfo/registry_trace.hpp>

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <fstream>
#include <map>
#include <mutex>
#include <new>
#include <string_view>
#include <system_error>
#include <thread>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

namespace asyncinfo::registry {
namespace {

namespace json = boost::json;
using asyncinfo::detail::registry_shard;
using asyncinfo::detail::registry_tape;

constinit std::atomic<bool> is_tracing{false};

std::int64_t nanoseconds(clock::time_point time) noexcept {
    return std::chrono::nanoseconds(time.time_since_epoch()).count();
}

/// A bar: an operation from its start to its end.
struct bar {
    std::string_view name;
    std::string_view what;
    std::uint64_t id = 0;
    std::uint64_t parent = 0;
    std::int64_t begin = 0;
    std::int64_t end = 0;
    std::string_view state;  ///< the status, or "running"
    std::string_view reason; ///< why it has ended, if it has
};

} // namespace

class trace::writer {
public:
    explicit writer(const std::string& path) {
        if (is_tracing.exchange(true))
            throw std::system_error(
                std::make_error_code(std::errc::device_or_resource_busy),
                "asyncinfo: one trace is written at a time; end the other one first");
        struct guard {
            bool begun = false;
            ~guard() {
                if (!begun)
                    is_tracing = false;
            }
        } undoing;
        open(path);
        was_on_ = is_enabled();
        thread_ = std::thread([this] { run(); });
        enable();
        asyncinfo::detail::registry_tapes_run = true;
        undoing.begun = true;
    }
    writer(const writer&) = delete;
    writer& operator=(const writer&) = delete;
    ~writer() {
        {
            const std::lock_guard guard(mutex_);
            over_ = true;
        }
        wake_.notify_one();
        thread_.join();
        if (!was_on_)
            disable();
        is_tracing = false;
    }

    bool good() const noexcept { return good_.load(std::memory_order_relaxed); }

private:
    /// Lanes of one name: bars in a lane do not overlap.
    struct lanes {
        std::vector<std::pair<std::int64_t, int>> ends; ///< of each lane: its last end, its number
    };
    /// Where a bar has been drawn.
    struct drawn {
        int lane;
        std::int64_t begin;
    };

    void open(const std::string& path) {
        file_.open(path, std::ios::binary | std::ios::trunc);
        if (!file_)
            throw std::system_error(errno, std::generic_category(), "asyncinfo: trace " + path);
        origin_ = nanoseconds(clock::now());
        // What earlier traces have left behind is none of this one.
        for_each_event([](const registry_tape::event&) {});
        file_ << "[\n";
        write(
            {{"ph", "M"}, {"pid", 1}, {"name", "process_name"}, {"args", {{"name", "asyncinfo"}}}});
    }

    void run() noexcept {
        std::unique_lock lock(mutex_);
        bool last = false;
        while (!last) {
            last = wake_.wait_for(lock, std::chrono::milliseconds(50), [this] { return over_; });
            lock.unlock();
            try {
                write_ended(last);
            } catch (const std::bad_alloc&) {
                // What does not fit into memory is left out.
            }
            good_.store(file_.flush().good(), std::memory_order_relaxed);
            lock.lock();
        }
        asyncinfo::detail::registry_tapes_run = false;
        file_ << "{}]\n";
        good_.store(file_.flush().good(), std::memory_order_relaxed);
    }

    template <typename Use>
    static void for_each_event(Use use) {
        for (registry_shard* s = registry_shard::first(); s; s = s->next)
            if (registry_tape* const tape = s->tape.load(std::memory_order_acquire))
                tape->take(use);
    }

    void take_events() {
        for_each_event([&](const registry_tape::event& e) {
            taken_.push_back({e.site->name, e.site->what, e.id, e.parent, e.started, e.ended,
                              to_string(e.status), to_string(e.reason)});
        });
    }

    /// In the order of their ends, so that a lane is filled from left to right, and what ended
    /// before its parent is drawn before it. So what has ended in this period waits for the next
    /// one: other threads can still be telling of earlier ends.
    void write_ended(bool all) {
        const std::int64_t until = std::exchange(last_look_, nanoseconds(clock::now()));
        take_events();
        if (all)
            add_running();
        std::ranges::sort(taken_, {}, &bar::end);
        auto rest = taken_.end();
        if (!all)
            rest = std::ranges::find_if(taken_, [=](const bar& b) { return b.end >= until; });
        std::for_each(taken_.begin(), rest, [this](const bar& b) { draw(b); });
        taken_.erase(taken_.begin(), rest);
    }

    /// What has not ended before the tapes stop.
    void add_running() {
        const report left = snapshot();
        asyncinfo::detail::registry_tapes_run = false;
        take_events();
        std::unordered_set<std::uint64_t> ended;
        for (const bar& b : taken_)
            ended.insert(b.id);
        for (const outstanding& o : left.running)
            if (!ended.contains(o.id))
                taken_.push_back({o.name,
                                  o.what,
                                  o.id,
                                  o.parent_is_group ? 0 : o.parent,
                                  nanoseconds(o.started),
                                  nanoseconds(left.taken),
                                  "running",
                                  {}});
    }

    void draw(const bar& b) {
        const auto children = children_.extract(b.id);
        if (b.begin < origin_)
            return;
        const std::string_view name = b.name.empty() ? b.what : b.name;
        const int lane = lane_for(name, b);
        json::object args{{"id", b.id}, {"what", utf8(b.what)}, {"status", b.state}};
        if (!b.reason.empty())
            args["ended"] = b.reason;
        write({{"ph", "X"},
               {"pid", 1},
               {"tid", lane},
               {"ts", microseconds(b.begin)},
               {"dur", static_cast<double>(b.end - b.begin) / 1000},
               {"name", utf8(name)},
               {"args", std::move(args)}});
        // An arrow is drawn when both its ends are: a parent ends after its children, as a rule.
        if (children)
            for (const auto& [child, at] : children.mapped())
                arrow(b, lane, child, at);
        if (b.parent != 0)
            children_[b.parent].emplace_back(b.id, drawn{lane, b.begin});
    }

    void arrow(const bar& parent, int lane, std::uint64_t child, const drawn& to) {
        const std::int64_t at = (std::max)(to.begin, parent.begin);
        const auto part = [&](const char* phase, int on) {
            json::object o{
                {"ph", phase}, {"pid", 1},        {"tid", on},       {"ts", microseconds(at)},
                {"id", child}, {"cat", "awaits"}, {"name", "awaits"}};
            if (*phase == 'f')
                o["bp"] = "e";
            return o;
        };
        write(part("s", lane));
        write(part("f", to.lane));
    }

    /// The lane of that name whose last bar ended last, but before this one begins.
    int lane_for(std::string_view name, const bar& b) {
        auto& known = lanes_[std::string(name)].ends;
        auto best = known.end();
        for (auto lane = known.begin(); lane != known.end(); ++lane)
            if (lane->first <= b.begin && (best == known.end() || lane->first > best->first))
                best = lane;
        if (best == known.end()) {
            known.emplace_back(0, next_lane_++);
            best = known.end() - 1;
            write({{"ph", "M"},
                   {"pid", 1},
                   {"tid", best->second},
                   {"name", "thread_name"},
                   {"args", {{"name", utf8(name)}}}});
        }
        best->first = b.end;
        return best->second;
    }

    double microseconds(std::int64_t time) const noexcept {
        return static_cast<double>(time - origin_) / 1000;
    }

    static std::string utf8(std::string_view text) {
        std::string made;
        asyncinfo::detail::console::append_utf8(made, text);
        return made;
    }

    void write(const json::object& event) { file_ << json::serialize(event) << ",\n"; }

    std::ofstream file_;
    std::int64_t origin_ = 0;
    std::map<std::string, lanes> lanes_;
    int next_lane_ = 1;
    /// By the Id of a parent that has not ended yet: the children.
    std::unordered_map<std::uint64_t, std::vector<std::pair<std::uint64_t, drawn>>> children_;
    std::vector<bar> taken_; ///< and not drawn yet
    std::int64_t last_look_ = 0;
    bool was_on_ = false;
    std::atomic<bool> good_{true};
    std::mutex mutex_;
    std::condition_variable wake_;
    bool over_ = false;
    std::thread thread_;
};

trace::trace(const std::string& path) : writer_(std::make_unique<writer>(path)) {}
trace::~trace() = default;
bool trace::good() const noexcept { return writer_->good(); }

} // namespace asyncinfo::registry
