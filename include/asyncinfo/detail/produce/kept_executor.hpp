//
// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0
//
#ifndef ASYNCINFO_DETAIL_PRODUCE_KEPT_EXECUTOR_HPP
#define ASYNCINFO_DETAIL_PRODUCE_KEPT_EXECUTOR_HPP

#include <asyncinfo/detail/asio/context_guest.hpp>
#include <asyncinfo/detail/asio/context_life.hpp>
#include <asyncinfo/detail/asio/executor_storage.hpp>
#include <asyncinfo/detail/block/operation.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/io_context.hpp>

#include <utility>

namespace asyncinfo::detail {

/// The executor of another operation, kept by an operation, the owner, that may outlive both that
/// operation and the context. The context's end takes the executor away; `get` then returns null.
class kept_executor final : context_dependent {
public:
    explicit kept_executor(operation_base& owner) noexcept : owner_(owner) {}
    ~kept_executor() { unlist(); }

    /// Called once, before any other thread knows the owner.
    void keep(boost::asio::any_io_executor executor) {
        executor_ = std::move(executor);
        auto* const context = mortal_context_of(executor_);
        if (!context)
            return;
        auto life = context_life::of(*context);
        // The context's end waits for who uses the executor meanwhile.
        listed_ = life->add(*this);
        life_ = std::move(life);
        plain_ = executor_.target<boost::asio::io_context::executor_type>();
    }

    /// Called with the owner's observers locked, or after its end.
    boost::asio::any_io_executor get() const noexcept {
        if (life_ && life_->is_over())
            return {};
        return executor_;
    }

    /// Called at the owner's end, with its observers locked.
    void give_back() noexcept {
        if (!plain_)
            executor_ = what_remains(executor_);
        unlist();
    }

private:
    void unlist() noexcept {
        if (listed_)
            life_->remove(*this);
    }

    void hold() noexcept override { owner_.retain(); }
    void let_go() noexcept override { owner_.release(); }
    void context_ends(context_life&, bool) noexcept override {
        const operation_ptr held(&owner_, false);
        boost::asio::any_io_executor gone;
        if (!owner_.lock())
            return;
        executor_.swap(gone);
        owner_.unlock();
    }

    operation_base& owner_;
    boost::asio::any_io_executor executor_;
    context_life_ptr life_;
    bool plain_ = false;
    bool listed_ = false;
};

} // namespace asyncinfo::detail

#endif // ASYNCINFO_DETAIL_PRODUCE_KEPT_EXECUTOR_HPP
