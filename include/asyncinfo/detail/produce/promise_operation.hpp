//
// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0
//
#ifndef ASYNCINFO_DETAIL_PRODUCE_PROMISE_OPERATION_HPP
#define ASYNCINFO_DETAIL_PRODUCE_PROMISE_OPERATION_HPP

#include <asyncinfo/detail/base/memory_for.hpp>
#include <asyncinfo/detail/block/operation.hpp>

#include <type_traits>
#include <utility>

namespace asyncinfo::detail {

/// An operation that no initiating function of Asio's started: the library, or the user by an
/// `async_source`, ends it. It has no executor of its own, so a request for cancellation is
/// delivered on the thread that makes it, and the operation ends on the thread that calls `end`.
///
/// `Derived` adds what the producer needs. The producer ends the operation once, from any thread:
/// `succeed` (after `set_result`) or `fail`, then `end`. After `end` it must not use the operation
/// without a reference of its own.
template <typename Derived, typename T, typename P = void>
class promise_operation : public block_t<T, P> {
public:
    /// What the registry shows; `Derived` can have its own.
    static constexpr auto origin = operation_origin::source;
    static constexpr const char* what = "async_source";

    /// Makes an operation and returns the first reference. `begin(derived)` runs inside the gate, as
    /// an initiating function does: the handler that it places in `slot()` is called for every
    /// request, also for an earlier one. If `begin` throws, there is no operation.
    template <typename Begin, typename... Args>
    static operation_ptr start(Begin begin, Args&&... args) {
        memory_for<Derived> memory;
        Derived* const made =
            memory.keep(::new (memory.place()) Derived(std::forward<Args>(args)...));

        operation_ptr operation(made, false);
        made->track([&] {
            return operation_description{.origin = Derived::origin,
                                         .name = static_cast<const operation_base&>(*made).name(),
                                         .what_text = Derived::what,
                                         .kind = made->kind()};
        });
        try {
            made->run_initiation([&] { begin(*made); });
        } catch (...) {
            if (made->is_tracked()) [[unlikely]]
                made->identity().seen(); // by the caller, who gets the exception
            made->fail(errc::abandoned);
            made->end();
            throw;
        }
        return operation;
    }

protected:
    explicit promise_operation(bool gives_executor_back = false) noexcept
        : block_t<T, P>(gives_executor_back ? held_executor::whole : held_executor::plain) {}
    ~promise_operation() = default;

    /// Where blocking depends on the operation's members or context, `Derived` overrides it. A
    /// thread that calls a Progress handler also performs an end that is requested meanwhile.
    bool runs_here() const noexcept override {
        if constexpr (!std::is_void_v<P>)
            return this->calls_here();
        else
            return false;
    }
    boost::asio::any_io_executor own_executor(const any_executor_maker&) override { return {}; }
    void give_back_executor() noexcept override {}
    void destroy() noexcept override { destroy_block(); }

    void destroy_block() noexcept { memory_for<Derived>::destroy(static_cast<Derived*>(this)); }

private:
    boost::typeindex::type_index kind() const noexcept final {
        return boost::typeindex::type_id<operation_kind<T, P>>();
    }

    void submit(operation_base::delivery&& request) final {
        request.set_last(true);
        std::move(request)();
    }
};

} // namespace asyncinfo::detail

#endif // ASYNCINFO_DETAIL_PRODUCE_PROMISE_OPERATION_HPP
