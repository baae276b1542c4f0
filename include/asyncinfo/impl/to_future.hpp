//
// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0
//
#ifndef ASYNCINFO_IMPL_TO_FUTURE_HPP
#define ASYNCINFO_IMPL_TO_FUTURE_HPP

#include <asyncinfo/detail/base/memory_for.hpp>
#include <asyncinfo/detail/base/recycling.hpp>
#include <asyncinfo/detail/block/observer.hpp>
#include <asyncinfo/to_future.hpp>

#include <exception>
#include <memory>
#include <type_traits>
#include <utility>

namespace asyncinfo::detail {

/// Sets the value or exception of the promise when the operation has ended, then destroys itself.
template <typename Handle>
class promise_keeper final : observer {
    using result_type = result_of_t<Handle>;

public:
    explicit promise_keeper(const Handle& operation)
        : observer(rank::submitted), operation_(operation),
          promise_(std::allocator_arg, recycling_allocator<char>()) {}

    static std::future<result_type> start(const Handle& operation) {
        operation_base& observed = handle_access::usable(operation, "to_future");
        memory_for<promise_keeper> memory;
        promise_keeper* const made = memory.keep(::new (memory.place()) promise_keeper(operation));
        auto future = made->promise_.get_future();
        if (!observed.observe(*made))
            made->ended();
        return future;
    }

private:
    void ended() noexcept override {
        const std::unique_ptr<promise_keeper, destroyer> self(this);
        try {
            if constexpr (std::is_void_v<result_type>) {
                operation_.GetResults();
                promise_.set_value();
            } else {
                promise_.set_value(operation_.GetResults());
            }
        } catch (...) {
            promise_.set_exception(std::current_exception());
        }
    }

    struct destroyer {
        void operator()(promise_keeper* gone) const noexcept {
            memory_for<promise_keeper>::destroy(gone);
        }
    };

    Handle operation_;
    std::promise<result_type> promise_;
};

} // namespace asyncinfo::detail

namespace asyncinfo {

template <detail::handle_of_a_kind Handle>
std::future<detail::result_of_t<Handle>> to_future(const Handle& operation) {
    return detail::promise_keeper<Handle>::start(operation);
}

} // namespace asyncinfo

#endif // ASYNCINFO_IMPL_TO_FUTURE_HPP
