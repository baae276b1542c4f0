//
// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0
//
#ifndef ASYNCINFO_DETAIL_CORE_LIFECYCLE_HPP
#define ASYNCINFO_DETAIL_CORE_LIFECYCLE_HPP

#include <cstdint>

/// The lifecycle of an operation: everything that threads can race for, in one atomic word.
///
/// Each function is pure: it takes the word that was read, and returns the word to store and what
/// the thread whose compare-exchange succeeds does next. Nothing here knows Asio, a lock or a
/// thread. `detail::gate` performs the transitions; the tests explore them.
///
///     bit 0-1    status      Started, Completed, Canceled, Error (the numbers of AsyncStatus)
///     bit 2      ended       the outcome is stored. It is not set before the status is published
///                            if the completion handler ran, or died, on the thread inside
///     bit 3      again       a request came while a thread was submitting: it submits once more
///     bit 4      hop         a delivery of the request is on its way through the executor
///     bit 5      submitting  a thread is inside the executor, submitting that delivery
///     bit 6      locked      a thread uses the observers or the executor
///     bit 7      closed      Close has been called
///     bit 8      assigned    Completed has been set, be it to null
///     bit 9      claimed     the result has been moved out
///     bit 10     observed    there are observers, or a Completed handler, to notify at the end
///     bit 11-14  requested   cancellation types: terminal, partial, total, and "all" as one bit
///     bit 15     contended   a thread sleeps until the word changes
///     bit 16     expired     the first request was that of the operation's own deadline
///     bit 17-28  inside      whether a thread is inside the gate; after the end, the number of
///                            threads that hold or read the result
///     bit 29-31  free
///     bit 32-63  references  handles, the completion handler, wrapped executors
namespace asyncinfo::detail::lifecycle {

using word = std::uint64_t;

inline constexpr word status_mask = 3;
inline constexpr word ended = 1 << 2;
inline constexpr word again = 1 << 3;
inline constexpr word hop = 1 << 4;
inline constexpr word submitting = 1 << 5;
inline constexpr word locked = 1 << 6;
inline constexpr word closed = 1 << 7;
inline constexpr word assigned = 1 << 8;
inline constexpr word claimed = 1 << 9;
inline constexpr word observed = 1 << 10;
inline constexpr int requested_shift = 11;
inline constexpr word requested_mask = word{15} << requested_shift;
inline constexpr word contended = 1 << 15;
inline constexpr word expired = 1 << 16;
inline constexpr word one_inside = 1 << 17;
inline constexpr word inside_mask = word{0xfff} << 17;
inline constexpr word one_reference = word{1} << 32;

/// What the thread that made a transition does next.
enum class next {
    nothing,  ///< it is done
    wait,     ///< no transition is possible: sleep until the word changes, then try again
    deliver,  ///< deliver the request, then `leave` again
    submit,   ///< submit a delivery (with one reference) to the executor, then `submitted`
    finish,   ///< the thread is inside and the operation has ended: clean up, then `publish`
    notify,   ///< the status is published: notify the observers, who get the kept reference
    perform,  ///< the transition was allowed: go on and store, read, submit
    call_now, ///< the operation has ended already: call the handler on this thread
    refuse,   ///< the member must not be used in this state
    discard,  ///< nobody can read the result any more: release it
    destroy   ///< the last reference is gone: free the block
};

struct transition {
    word value;
    next then;

    friend constexpr bool operator==(const transition&, const transition&) = default;
};

constexpr unsigned status(word w) { return static_cast<unsigned>(w & status_mask); }
constexpr bool started(word w) { return status(w) == 0; }
constexpr word inside(word w) { return (w & inside_mask) / one_inside; }
constexpr word references(word w) { return w / one_reference; }
constexpr unsigned requested(word w) {
    return static_cast<unsigned>((w & requested_mask) >> requested_shift);
}

/// An operation is born with its initiator inside, one reference for the handle that the initiating
/// function returns and one for the completion handler.
constexpr word born() { return one_inside | 2 * one_reference; }

/// The tail of every transition that gives up a reference, the gate or a submission. The block is
/// freed if there is no reference, no thread inside and none submitting.
constexpr transition settle(word w) {
    const bool unused = references(w) == 0 && (w & (inside_mask | submitting)) == 0;
    return {w, unused ? next::destroy : next::nothing};
}

/// A thread that has no reference wants one. Once the operation has ended its last owner need not
/// look at the word again, so there is none to be had.
constexpr transition retain_if_running(word w) {
    if (!started(w) || references(w) == 0)
        return {w, next::refuse};
    return {w + one_reference, next::perform};
}

constexpr transition release(word w) { return settle(w - one_reference); }

/// A step of the operation begins, on a thread that is not inside. (On a thread that is inside, in
/// an outer step or in a cancellation handler that runs a step of the operation it cancels, the
/// step is a part of that and makes no transition.)
constexpr transition enter(word w) {
    if (started(w) && (w & inside_mask))
        return {w, next::wait};
    return {w + one_inside, next::nothing};
}

/// A request for which no thread is inside to deliver it on leaving needs a delivery.
constexpr transition deliver_request(word w) {
    if (w & hop)
        return settle(w);
    if (w & submitting)
        return {w | again, next::nothing};
    return {(w | hop | submitting) + one_reference, next::submit};
}

/// A step, the initiating function or a reader of the result is over. The last thread out does what
/// became due meanwhile. `delivered` are the types that this thread has just delivered, if any.
/// `may_emit` is false on a thread outside the operation's executor.
constexpr transition leave(word w, bool may_emit, unsigned delivered) {
    const word left = w - one_inside;
    if (left & inside_mask)
        return {left, next::nothing};
    if (!started(w))
        return (w & closed) ? transition{w, next::discard} : settle(left);
    if (w & ended)
        return {w, next::finish};
    if (requested(w) == delivered)
        return settle(left);
    return may_emit ? transition{w, next::deliver} : deliver_request(left);
}

/// Cancel: latches the types. A thread that is inside delivers them on leaving.
constexpr transition request(word w, unsigned types) {
    if (!started(w) || (w & ended) || types == 0)
        return {w, next::nothing};
    w |= word{types} << requested_shift;
    return (w & inside_mask) ? transition{w, next::nothing} : deliver_request(w);
}

/// The operation's own deadline: a request like any other, but marked if it is the first. A request
/// that came before, be it of fewer types, decides that the end is not told as `timed_out`.
constexpr transition expire(word w, unsigned types) {
    const bool first = started(w) && !(w & ended) && requested(w) == 0 && types != 0;
    return request(first ? w | expired : w, types);
}

/// The executor has taken the delivery or refused it.
constexpr transition submitted(word w) {
    const bool once_more = (w & again) && started(w) && !(w & (ended | inside_mask | hop));
    w &= ~(submitting | again);
    return once_more ? deliver_request(w) : settle(w);
}

/// The delivery has come through one executor on its way to the last one, and is submitted to the
/// next. If it is not needed any more it gives up its reference. `mine`: this thread is submitting
/// already, in an executor that runs a function at once.
constexpr transition forward(word w, bool mine) {
    if (!started(w) || (w & (ended | inside_mask)))
        return release(w & ~hop);
    if ((w & submitting) && !mine)
        return {w, next::wait};
    return {w | submitting, next::perform};
}

/// The delivery runs and gives up its reference. It becomes a step, which delivers on leaving. If a
/// thread is inside already, be it this one, that thread delivers; a delivery never waits.
constexpr transition arrive(word w) {
    w &= ~hop;
    if (!started(w) || (w & inside_mask))
        return release(w);
    return {w + one_inside - one_reference, next::perform};
}

/// The delivery was destroyed without having run. The next Cancel or step tries again.
constexpr transition lose_delivery(word w) { return release(w & ~hop); }

/// The completion handler was invoked or destroyed, and the outcome is stored. If no thread is
/// inside, this thread enters to finish; else the thread that is inside finishes on leaving. A
/// thread that is inside itself makes no transition for this: it knows that it has to finish.
constexpr transition end(word w) {
    if (w & inside_mask)
        return {w | ended, next::nothing};
    return {(w | ended) + one_inside, next::finish};
}

/// After `end`, before the executor is given back: waits for threads that use the observers or are
/// submitting. A thread that locks from now on waits for `publish`.
constexpr transition retire(word w, bool ignore_submitter) {
    if ((w & locked) || ((w & submitting) && !ignore_submitter))
        return {w, next::wait};
    return {w | ended | locked, next::perform};
}

/// After `retire`: the status becomes visible, and the finishing thread leaves. The completion
/// handler's reference is given up, or kept while the observers are notified.
constexpr transition publish(word w, unsigned final_status) {
    w = ((w & ~locked) - one_inside) | final_status;
    if (w & observed)
        return {w & ~observed, next::notify};
    return settle(w - one_reference);
}

/// Begins to use the observers or the executor. Refused once the status is published: the thread
/// that published it owns the observers from then on.
constexpr transition lock(word w) {
    if (!started(w))
        return {w, next::refuse};
    if (w & locked)
        return {w, next::wait};
    return {w | locked, next::perform};
}

constexpr transition unlock(word w, bool anybody) {
    w &= ~(locked | observed);
    return {anybody ? w | observed : w, next::nothing};
}

/// Ends a `lock` under which the observers were not changed.
constexpr transition unlock(word w) { return {w & ~locked, next::nothing}; }

/// Completed(handler): the first assignment wins. After `perform` comes `unlock`.
constexpr transition assign(word w) {
    if (w & (closed | assigned))
        return {w, next::refuse};
    if (!started(w))
        return {w | assigned, next::call_now};
    if (w & locked)
        return {w, next::wait};
    return {w | assigned | locked, next::perform};
}

/// A reader of a part of the outcome begins. After `perform` comes `leave`.
constexpr transition hold(word w) {
    if (started(w) || (w & closed))
        return {w, next::refuse};
    return {w + one_inside, next::perform};
}

/// A reader of the result begins. `claim` takes the result for good.
constexpr transition read(word w, bool claim) {
    if (w & claimed)
        return {w, next::refuse};
    const auto held = hold(w);
    return claim && held.then == next::perform ? transition{held.value | claimed, held.then} : held;
}

/// A thread that gets `discard`, here or from `leave`, stays inside until `discarded`, so the block
/// stays.
constexpr transition close(word w) {
    if (started(w))
        return {w, next::refuse};
    if (w & closed)
        return {w, next::nothing};
    w |= closed;
    if (w & inside_mask)
        return {w, next::nothing};
    return {w + one_inside, next::discard};
}

/// The result has been released.
constexpr transition discarded(word w) { return settle(w - one_inside); }

/// Takes the result for good if the `own` references, one or more, are the only ones.
constexpr transition claim_if_sole(word w, word own) {
    if (references(w) != own || inside(w) != 0)
        return {w, next::refuse};
    return read(w, true);
}

} // namespace asyncinfo::detail::lifecycle

#endif // ASYNCINFO_DETAIL_CORE_LIFECYCLE_HPP
