//
// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0
//
#ifndef ASYNCINFO_DETAIL_CORE_COROUTINE_PHASE_HPP
#define ASYNCINFO_DETAIL_CORE_COROUTINE_PHASE_HPP

#include <compare>

namespace asyncinfo::detail {

/// What a coroutine's body is doing, and where the right to resume it is.
///
/// Pure: each event changes the state and says what the caller does next. All events happen inside
/// the coroutine's gate, so one at a time. Nothing here knows a frame, a gate or a thread.
class coroutine_phase {
public:
    enum class next : unsigned char {
        nothing,
        resume,    ///< resume the body; `body_returned` when it has suspended or ended
        destroy,   ///< destroy the frame; nobody has the right to resume
        take_away, ///< destroy the frame; the right's owner is to find that out: it gets a
                   ///< reference for `come_back` or `lose`
        let_go,    ///< there is no frame any more: release the owner's reference
        postpone,  ///< the context is to ask again once the awaited operation has ended
        post       ///< resume the body through its executor: it still runs where it was called
    };

    /// The body has an executor, and begins elsewhere: on its caller's thread.
    constexpr void begin_away() noexcept { home_ = false; }
    constexpr void begin() noexcept { body_ = body::runs; }

    // --- The body suspends ----------------------------------------------------------------------

    /// The right to resume is about to be given away.
    constexpr void suspend() noexcept {
        body_ = body::suspends;
        right_ = right::away;
    }

    /// The right was not given away: the body runs on.
    constexpr void not_suspended() noexcept {
        body_ = body::runs;
        right_ = right::here;
    }

    /// False if the right has come back, or was lost, meanwhile: the body runs on.
    constexpr bool suspended() noexcept {
        if (right_ == right::away || right_ == right::given_back) [[likely]] {
            body_ = body::suspended;
            return true;
        }
        body_ = body::runs;
        return false;
    }

    /// The body runs on; returns whether the right was lost while it suspended.
    constexpr bool take_right() noexcept {
        const bool lost = right_ == right::lost;
        right_ = right::here;
        return lost;
    }

    // --- The right to resume --------------------------------------------------------------------

    /// The awaited operation has ended inside the gate, maybe while the body suspends.
    constexpr next come_back_inside() noexcept {
        return home_ || body_ != body::suspends ? come_back() : next::post;
    }

    /// The owner of the right uses it, on the coroutine's executor.
    constexpr next come_back() noexcept {
        home_ = true;
        if (body_ == body::suspended) [[likely]]
            return run();
        switch (body_) {
        case body::gone:
            return next::let_go;
        case body::suspends:
        case body::is_called_back:
            right_ = right::returned;
            return next::nothing;
        default:
            return run();
        }
    }

    /// The owner destroys the right.
    constexpr next lose() noexcept {
        switch (body_) {
        case body::gone:
            return next::let_go;
        case body::suspends:
        case body::is_called_back:
            right_ = right::lost;
            return next::nothing;
        default:
            right_ = right::lost;
            return destroy();
        }
    }

    /// The owner cannot use the right, since the context is being destroyed. With `nothing`, the
    /// context ends the coroutine, and need not wait with that any more.
    constexpr next give_back() noexcept {
        if (body_ == body::gone)
            return next::let_go;
        right_ = right::given_back;
        return body_returned();
    }

    // --- The cancellation callback, while the body is suspended ----------------------------------

    constexpr void begin_callback() noexcept { body_ = body::is_called_back; }

    constexpr next end_callback() noexcept {
        body_ = body::suspended;
        if (right_ == right::lost)
            return destroy();
        if (right_ == right::returned)
            return run();
        return body_returned();
    }

    // --- The end --------------------------------------------------------------------------------

    /// The body has suspended or ended, and is no longer on the stack.
    constexpr next body_returned() noexcept {
        return context_is_over_ && body_ == body::suspended ? destroy() : next::nothing;
    }

    /// Whether the body waits for an operation that may end with the same context.
    constexpr bool waits() const noexcept {
        return body_ != body::gone && right_ != right::given_back;
    }

    /// The context of the executor is being destroyed. `on_stack`: by a function that runs inside
    /// the gate, be it the body: that ends first. `awaits`: an operation of the library's, which may
    /// end with the same context and then ends first, unless this is the last call.
    constexpr next context_ends(bool on_stack, bool awaits) noexcept {
        if (body_ == body::gone)
            return next::nothing;
        if (awaits && waits())
            return next::postpone;
        context_is_over_ = true;
        return on_stack && waits() ? next::nothing : body_returned();
    }

    /// The body has suspended, and only then it is known that its context is over.
    constexpr void context_was_over() noexcept { context_is_over_ = true; }

    /// The body has moved to another context.
    constexpr void change_context() noexcept { context_is_over_ = false; }

    /// The body has ended: its frame goes.
    constexpr void end() noexcept { body_ = body::gone; }

    friend constexpr auto operator<=>(const coroutine_phase&, const coroutine_phase&) = default;

private:
    enum class body : unsigned char {
        not_started,
        runs,
        suspends, ///< gives the right to resume away
        suspended,
        is_called_back, ///< suspended, and its cancellation callback runs
        gone
    };
    enum class right : unsigned char {
        here, ///< nobody can resume the body
        away,
        returned, ///< during `suspends` or `is_called_back`
        lost,
        given_back
    };

    constexpr next run() noexcept {
        body_ = body::runs;
        right_ = right::here;
        return next::resume;
    }

    constexpr next destroy() noexcept {
        body_ = body::gone;
        return right_ == right::away ? next::take_away : next::destroy;
    }

    body body_ = body::not_started;
    right right_ = right::here;
    bool home_ = true; ///< the body runs on its executor, if any, and no longer where it was called
    bool context_is_over_ = false;
};

} // namespace asyncinfo::detail

#endif // ASYNCINFO_DETAIL_CORE_COROUTINE_PHASE_HPP
