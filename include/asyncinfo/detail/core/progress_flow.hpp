//
// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0
//
#ifndef ASYNCINFO_DETAIL_CORE_PROGRESS_FLOW_HPP
#define ASYNCINFO_DETAIL_CORE_PROGRESS_FLOW_HPP

#include <compare>

namespace asyncinfo::detail {

/// The calls of an operation's Progress handler: who makes them, and in which order with the end
/// and with Completed.
///
/// Each event is a function. It changes the state and returns what its caller does next. All events
/// come under one lock; no handler is called under it. Nothing here knows Asio, a lock, a value or
/// a handler. `detail::progress_state` performs the steps; the tests explore them.
///
/// The rules:
/// - Values are called one at a time, in the order of their reports. One thread or submission at a
///   time drains the queue. Whoever reports meanwhile queues the value and goes on.
/// - A handler without an executor is called by the thread that reports. If that thread is calling
///   when the operation ends, it performs the end after the last value. So whoever sees the end
///   never meets such a call.
/// - A handler with an executor is called by a submission to it. The end does not wait for that:
///   the executor may run on the very thread that waits for the end. Completed waits for the call
///   that is being made; what is queued behind it is dropped.
/// - For a throttled handler the queue holds only the latest value. It is called when it is due,
///   and in any case at the end: Completed waits for that call too.
/// - Another handler gets what is queued when it is set; without a handler that is dropped. While a
///   submission is on its way to the executor of the handler before, it is the one who drains. If
///   the operation ends before it arrives, a handler without an executor is not called any more.
/// - A submission that is lost takes with it what is queued. Nobody waits for it any longer.
/// - After the end no value is accepted and no handler is stored. The handler is released as soon
///   as nobody drains.
struct progress_flow {
    enum class drainer : unsigned char {
        nobody,
        here,       ///< a thread is calling a handler that has no executor
        on_its_way, ///< a submission to an executor
        there       ///< a thread that has come to the handler's executor is calling the handler
    };

    enum class stage : unsigned char {
        running,
        ending, ///< no more values; the thread that ends the operation is submitting the last ones
        left,   ///< no more values; the end is left to the thread that drains
        ended   ///< the end is being performed or has been
    };

    struct target {
        bool exists = false;
        bool has_executor = false;
        bool is_throttled = false;

        friend constexpr auto operator<=>(const target&, const target&) = default;
    };

    enum class next : unsigned char {
        nothing,        ///< nothing to do, or another thread does it
        refuse,         ///< the operation has ended
        keep,           ///< keep the value for those who poll
        queue,          ///< the same, and queue it
        drain,          ///< queue the value if there is one, then `drain`
        deliver,        ///< call the handler with the first value of the queue, then `drain` again
        submit,         ///< submit to the handler's executor; `drain` when that runs, or `lose`
        submit_and_end, ///< the same, then `end` again
        perform_end,    ///< release the handler if it is to go, and perform the end
        complete,       ///< release the handler; call Completed if it is held back
    };

    drainer draining = drainer::nobody;
    stage at = stage::running;
    target handler = {};
    bool is_bound_there = false; ///< the drainer has been submitted to this handler's executor
    bool holds_completed = false;
    unsigned queued = 0; ///< the values in the queue: the latest ones that were reported

    friend constexpr auto operator<=>(const progress_flow&, const progress_flow&) = default;

    /// A value is reported.
    constexpr next report() {
        if (at != stage::running)
            return next::refuse;
        if (!handler.exists)
            return next::keep;
        queued = handler.is_throttled ? 1 : queued + 1;
        return draining == drainer::nobody ? next::drain : next::queue;
    }

    /// The thread that drains goes on: it begins, has returned from a call or has arrived on an
    /// executor. `is_due`: the throttle lets the next value pass.
    constexpr next drain(bool is_due) {
        const bool may_call = handler.has_executor || at != stage::ended;
        if (!handler.exists || !may_call)
            queued = 0;
        if (queued == 0 || (!is_due && at == stage::running))
            return stop();
        if (handler.has_executor && !is_bound_there) {
            draining = drainer::on_its_way;
            is_bound_there = true;
            if (at != stage::left)
                return next::submit;
            at = stage::ending;
            return next::submit_and_end;
        }
        --queued;
        draining = handler.has_executor ? drainer::there : drainer::here;
        return next::deliver;
    }

    /// The submission was destroyed without having run.
    constexpr next lose() {
        queued = 0;
        return stop();
    }

    /// The outcome is stored.
    constexpr next end() {
        const bool nobody = draining == drainer::nobody;
        if (draining == drainer::here || (nobody && queued != 0)) {
            at = stage::left;
            return nobody ? next::drain : next::nothing;
        }
        at = stage::ended;
        if (nobody)
            handler = {};
        return next::perform_end;
    }

    /// Completed is due. Returns false if it is held back until `next::complete`. (Who calls
    /// the delegate by hand, before the end or while it is held back, is not held up.)
    constexpr bool may_complete() {
        if (at != stage::ended)
            return true;
        if (!handler.is_throttled)
            queued = 0;
        if (holds_completed || (queued == 0 && draining != drainer::there))
            return true;
        holds_completed = true;
        return false;
    }

    /// Progress(handler). Returns false if the handler is not stored.
    constexpr bool set_handler(target replacement) {
        const bool stores = at != stage::ended;
        if (!stores || !replacement.exists || draining == drainer::nobody)
            queued = 0;
        if (stores) {
            handler = replacement;
            is_bound_there = false;
            if (handler.is_throttled && queued != 0)
                queued = 1;
        }
        return stores;
    }

    /// Close, after the end.
    constexpr void discard() { queued = 0; }

private:
    constexpr next stop() {
        draining = drainer::nobody;
        is_bound_there = false;
        if (at == stage::running || at == stage::ending)
            return next::nothing;
        const bool performs_end = at == stage::left;
        at = stage::ended;
        handler = {};
        holds_completed = false;
        return performs_end ? next::perform_end : next::complete;
    }
};

} // namespace asyncinfo::detail

#endif // ASYNCINFO_DETAIL_CORE_PROGRESS_FLOW_HPP
