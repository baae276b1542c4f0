//
// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0
//
#ifndef ASYNCINFO_IMPL_ABANDON_ON_CANCEL_HPP
#define ASYNCINFO_IMPL_ABANDON_ON_CANCEL_HPP

#include <asyncinfo/abandon_on_cancel.hpp>
#include <asyncinfo/detail/block/observer.hpp>
#include <asyncinfo/detail/block/outcome.hpp>
#include <asyncinfo/detail/block/result.hpp>
#include <asyncinfo/detail/block/trampoline.hpp>
#include <asyncinfo/detail/produce/kept_executor.hpp>
#include <asyncinfo/detail/produce/promise_operation.hpp>
#include <asyncinfo/detail/start/initiated_operation.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/cancellation_type.hpp>
#include <boost/asio/error.hpp>
#include <boost/smart_ptr/intrusive_ptr.hpp>

#include <atomic>
#include <exception>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>

namespace asyncinfo::detail {

/// Stores the outcome of `ended` in `taker`. The caller then ends `taker`.
template <typename T>
void take_over(operation<T>& taker, operation_base& ended) {
    boost::system::error_code refused;
    if constexpr (!std::is_void_v<T>) {
        try {
            if (auto result = read_result(static_cast<operation<T>&>(ended), false, refused))
                taker.set_result(*std::move(result));
        } catch (...) {
            taker.fail(std::current_exception());
            return;
        }
    }
    if (ended.error_is_in_result())
        taker.error_goes_into_result();
    if (ended.status() == AsyncStatus::Completed) {
        refused ? static_cast<void>(taker.fail(refused)) : taker.succeed();
        return;
    }
    auto exception = ended.exception(refused);
    const bool as_it_was =
        exception ? taker.fail(std::move(exception)) : taker.fail(ended.code(refused));
    if constexpr (is_tuple_with_error<T>)
        if (!as_it_was && taker.error_is_in_result() && taker.result())
            set_timed_out(std::get<0>(*taker.result()));
}

/// Ends when the inner operation does, or when it is cancelled.
template <typename T, typename P>
class abandonable_operation final : public promise_operation<abandonable_operation<T, P>, T, P>,
                                    observer,
                                    resumable {
public:
    static constexpr auto origin = operation_origin::adapter;
    static constexpr const char* what = "abandon_on_cancel";

    explicit abandonable_operation(operation_ptr inner)
        : abandonable_operation::promise_operation(true), observer(rank::submitted),
          name_(inner->name()), inner_(std::move(inner)) {
        if (inner_->is_tracked()) [[unlikely]]
            inner_->identity().belongs_to(this->id(), false);
        executor_.keep(inner_->executor());
    }

    void begin() {
        this->slot().template emplace<give_up>(give_up{this});
        take_progress();
        this->retain(); // for the inner one's list
        const operation_ptr inner = inner_;
        if (!inner->observe(*this))
            resume();
    }

private:
    std::string_view name() const noexcept override { return name_; }
    boost::asio::any_io_executor own_executor(const any_executor_maker&) override {
        return executor_.get();
    }
    void give_back_executor() noexcept override { executor_.give_back(); }
    bool runs_here() const noexcept override {
        return abandonable_operation::promise_operation::runs_here() ||
               (inner_ && inner_->needs_this_thread());
    }
    context_dependent* own_dependent(context_life& life) noexcept override {
        return inner_ ? inner_->dependent_of(life) : nullptr;
    }

    /// The cancellation handler in the slot.
    struct give_up {
        abandonable_operation* self;
        void operator()(boost::asio::cancellation_type_t types) const { self->abandon(types); }
    };

    void abandon(boost::asio::cancellation_type_t types) {
        if (over_.exchange(true))
            return;
        const operation_ptr inner = let_go();
        this->fail(boost::asio::error::operation_aborted);
        this->end();
        if (inner->unobserve(*this))
            this->release();
        inner->pass_on_cancel(types, cancel_source::combination);
    }

    /// Bounds the depth of the stack for a chain of these operations, however long.
    void ended() override { trampoline::run(*this); }

    void resume() override {
        const struct guard {
            abandonable_operation& self;
            ~guard() { self.release(); }
        } releasing{*this};
        if (over_.exchange(true))
            return;
        const operation_ptr inner = let_go();
        take_over(*this, *inner);
        this->end();
    }

    /// Gives the inner operation to the caller, so that this block no longer keeps it or the result
    /// that it may still deliver.
    operation_ptr let_go() noexcept {
        const bool locked = this->lock(); // another thread may be in `runs_here`
        operation_ptr inner = std::move(inner_);
        if (locked)
            this->unlock();
        if constexpr (!std::is_void_v<P>) {
            boost::system::error_code closed;
            handle_access::make<handle_t<T, P>>(inner).Progress(nullptr, closed);
        }
        return inner;
    }

    void take_progress() {
        if constexpr (!std::is_void_v<P>) {
            const auto inner = handle_access::make<handle_t<T, P>>(inner_);
            if (auto latest = inner.progress())
                this->report(*std::move(latest));
            inner.Progress([self = boost::intrusive_ptr(this)](const auto&, const P& value) {
                self->report(value);
            });
        }
    }

    std::atomic<bool> over_{false};
    kept_executor executor_{*this};
    const std::string name_; ///< of the inner operation, which may be gone before
    operation_ptr inner_;    ///< until either has ended
};

} // namespace asyncinfo::detail

namespace asyncinfo {

template <detail::handle_of_a_kind Handle>
Handle abandon_on_cancel(const Handle& operation) {
    using block =
        detail::abandonable_operation<typename Handle::result_type, typename Handle::progress_type>;
    return detail::handle_access::make<Handle>(block::start(
        [](auto& outer) { outer.begin(); },
        detail::operation_ptr(&detail::handle_access::usable(operation, "abandon_on_cancel"))));
}

} // namespace asyncinfo

#endif // ASYNCINFO_IMPL_ABANDON_ON_CANCEL_HPP
