//
// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0
//
#ifndef ASYNCINFO_DETAIL_PRODUCE_PROMISE_OPERATION_HPP
#define ASYNCINFO_DETAIL_PRODUCE_PROMISE_OPERATION_HPP

#include <asyncinfo/detail/base/memory_for.hpp>
#include <asyncinfo/detail/block/operation.hpp>

#include <boost/asio/system_executor.hpp>

#include <string_view>
#include <type_traits>
#include <typeinfo>
#include <utility>

namespace asyncinfo::detail {

/// An operation that no initiating function of Asio's started: the library, or the user by an
/// `async_source`, ends it. It has no executor of its own, so a request for cancellation is
/// delivered on the thread that makes it, and the operation ends on the thread that calls `end`.
///
/// `Derived` adds what the producer needs and may hide `executor()`, `give_back_executor()`,
/// `runs_here()`, `given_name()`, `member_of()` and `dispose()`. The producer ends the operation
/// once, from any thread: `succeed` (after `set_result`) or `fail`, then `end`. After `end` it must
/// not use the operation without a reference of its own.
template <typename Derived, typename T, typename P = void>
class promise_operation : public block_t<T, P> {
public:
    /// Makes an operation and returns the first reference. `begin(derived)` runs inside the gate, as an
    /// initiating function does: the handler that it places in `slot()` is called for every
    /// request, also for an earlier one. If `begin` throws, there is no operation.
    template <typename Begin, typename... Args>
    static operation_ptr start(Begin begin, Args&&... args) {
        memory_for<Derived> memory;
        Derived* const made =
            memory.keep(::new (memory.place()) Derived(std::forward<Args>(args)...));

        operation_ptr operation(made, false);
        try {
            made->run_initiation([&] { begin(*made); });
        } catch (...) {
            made->fail(errc::abandoned);
            made->end();
            throw;
        }
        return operation;
    }

    boost::asio::any_io_executor executor() { return boost::asio::system_executor(); }
    /// Called at the end with the observers locked, if the operation has an executor to give back.
    void give_back_executor() noexcept {}
    /// True if blocking this thread would block what the operation waits for. Called with the
    /// observers locked.
    bool runs_here() const noexcept { return false; }
    std::string_view given_name() const noexcept { return {}; }
    /// Returns a coroutine of that context for which the operation waits, with a reference, or
    /// null. Called with the observers locked.
    context_dependent* member_of(context_life&) noexcept { return nullptr; }
    /// Called when the last reference is gone; calls `destroy_block`, now or later.
    void dispose() noexcept { destroy_block(); }

protected:
    explicit promise_operation(bool gives_executor_back = false) noexcept
        : block_t<T, P>(methods, !gives_executor_back) {}
    ~promise_operation() = default;

    void destroy_block() noexcept { memory_for<Derived>::destroy(static_cast<Derived*>(this)); }

private:
    static Derived& of(operation_base& self) noexcept { return static_cast<Derived&>(self); }

    static void destroy(operation_base& self) noexcept { of(self).dispose(); }

    static void submit(operation_base&, operation_base::delivery&& request) {
        request.set_last(true);
        std::move(request)();
    }

    static void drop_executor(operation_base& self) noexcept { of(self).give_back_executor(); }

    /// A thread that calls a Progress handler also performs an end that is requested meanwhile.
    static bool runs_here(const operation_base& self) noexcept {
        if constexpr (!std::is_void_v<P>)
            if (static_cast<const block_t<T, P>&>(self).calls_here())
                return true;
        return static_cast<const Derived&>(self).runs_here();
    }
    static boost::asio::any_io_executor executor(operation_base& self) {
        return of(self).executor();
    }

    static std::string_view name(const operation_base& self) noexcept {
        return static_cast<const Derived&>(self).given_name();
    }

    static context_dependent* dependent_of(operation_base& self, context_life& life) noexcept {
        return of(self).member_of(life);
    }

    static constexpr operation_methods methods{
        typeid(operation_kind<T, P>),
        &destroy,
        &block_t<T, P>::discard,
        &submit,
        &drop_executor,
        &runs_here,
        &executor,
        nullptr,
        nullptr,
        &name,
        &dependent_of,
    };
};

} // namespace asyncinfo::detail

#endif // ASYNCINFO_DETAIL_PRODUCE_PROMISE_OPERATION_HPP
