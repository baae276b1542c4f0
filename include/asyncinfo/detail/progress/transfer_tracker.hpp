//
// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0
//
#ifndef ASYNCINFO_DETAIL_PROGRESS_TRANSFER_TRACKER_HPP
#define ASYNCINFO_DETAIL_PROGRESS_TRANSFER_TRACKER_HPP

#include <asyncinfo/detail/block/result.hpp>
#include <asyncinfo/detail/progress/operation_with_progress.hpp>
#include <asyncinfo/transfer_progress.hpp>

#include <boost/system/error_code.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <optional>
#include <tuple>
#include <type_traits>
#include <utility>

namespace asyncinfo::detail {

/// The part of an operation's block that reports how far its transfer is. A Progress handler is
/// called in a step of the transfer. Its exception must not harm the step: it is rethrown at the
/// end.
class transfer_tracker {
public:
    void forget_thrown() noexcept { thrown_ = nullptr; }

protected:
    explicit transfer_tracker(std::optional<std::uint64_t> total) noexcept : total_(total) {}
    ~transfer_tracker() = default;

    void start(progress_state<transfer_progress>& place) {
        place_ = &place;
        started_ = std::chrono::steady_clock::now();
        place_->report({0, total_, {}});
    }

    transfer_progress measured(std::uint64_t bytes) const noexcept {
        return {bytes, total_, std::chrono::steady_clock::now() - started_};
    }

    /// Returns what the handler has thrown.
    std::exception_ptr report(const transfer_progress& value) noexcept {
        try {
            place_->report(value);
            return nullptr;
        } catch (...) {
            return std::current_exception();
        }
    }

    void keep_thrown(std::exception_ptr thrown) noexcept {
        if (!thrown_)
            thrown_ = std::move(thrown);
    }

    /// Ends the operation. The block may be gone afterwards.
    template <typename Block>
    void end_block(Block& ended, std::optional<transfer_progress> last) {
        using block = operation_with_progress<typename Block::result_type, transfer_progress>;
        std::exception_ptr thrown = std::move(thrown_);
        try {
            static_cast<block&>(ended).end(last);
        } catch (...) {
            if (!thrown)
                thrown = std::current_exception();
        }
        if (thrown)
            std::rethrow_exception(thrown);
    }

private:
    progress_state<transfer_progress>* place_ = nullptr;
    std::optional<std::uint64_t> total_;
    std::chrono::steady_clock::time_point started_;
    std::exception_ptr thrown_;
};

/// The number of bytes in an operation's result: the result if it is a `std::size_t`, or the first
/// value of a tuple that is.
template <typename T>
std::optional<std::uint64_t> bytes_in(const std::optional<T>& result) {
    std::optional<std::uint64_t> bytes;
    const auto look_at = [&]<typename V>(const V& value) {
        if constexpr (std::is_same_v<V, std::size_t>)
            if (!bytes)
                bytes = value;
    };
    const auto look_into = [&]<typename V>(const V& value) {
        if constexpr (requires { std::tuple_size<V>::value; })
            std::apply([&](const auto&... values) { (look_at(values), ...); }, value);
        else
            look_at(value);
    };
    if (result)
        look_into(*result);
    return bytes;
}

class condition_tracker;

/// Connects a completion condition to the operation that it becomes a part of. The link knows all
/// copies of the condition while `with_progress` starts the operation. `attach` connects them to
/// the operation's block once that exists.
class condition_link {
public:
    condition_link() = default;
    condition_link(const condition_link&) = delete;
    condition_link& operator=(const condition_link&) = delete;
    ~condition_link() { release(nullptr); }

    void attach(condition_tracker& tracker) {
        if (std::exchange(attached_, true))
            throw_refusal(nullptr, errc::illegal_method_call,
                          "with_progress: the token is for one operation");
        release(&tracker);
    }

    class end {
    public:
        explicit end(condition_link& link) noexcept { enter(&link); }
        end(const end& other) noexcept : tracker_(other.tracker_) { enter(other.link_); }
        end& operator=(const end&) = delete;

    protected:
        ~end() {
            if (!link_)
                return;
            (previous_ ? previous_->next_ : link_->first_) = next_;
            if (next_)
                next_->previous_ = previous_;
        }

        void passed(std::uint64_t bytes) noexcept;

    private:
        friend class condition_link;

        void enter(condition_link* link) noexcept {
            if (!link)
                return;
            link_ = link;
            next_ = std::exchange(link->first_, this);
            if (next_)
                next_->previous_ = this;
        }

        condition_tracker* tracker_ = nullptr;
        condition_link* link_ = nullptr;
        end* previous_ = nullptr;
        end* next_ = nullptr;
    };

private:
    void release(condition_tracker* to) noexcept {
        for (; first_; first_ = first_->next_) {
            first_->tracker_ = to;
            first_->link_ = nullptr;
        }
    }

    end* first_ = nullptr;
    bool attached_ = false;
};

/// What the token of `with_progress` carries to the operation.
struct by_condition {
    using value_type = transfer_progress;
    using tracker = condition_tracker;

    condition_link* link;
    std::optional<std::uint64_t> total;
};

/// Notified by the completion condition, which Asio calls in the operation's steps.
class condition_tracker : public transfer_tracker {
public:
    explicit condition_tracker(const by_condition& reporter) noexcept
        : transfer_tracker(reporter.total), link_(reporter.link) {}

    template <typename Block>
    void begin(Block& begun) {
        link_->attach(*this);
        start(begun);
    }

    void passed(std::uint64_t bytes) noexcept {
        if (std::exchange(bytes_, bytes) != bytes)
            keep_thrown(report(measured(bytes)));
    }

    /// Asio does not call the condition after the step that fills the buffers, so the last count
    /// comes from the result.
    template <typename Block>
    void end(Block& ended) {
        std::optional<transfer_progress> last;
        if constexpr (!std::is_void_v<typename Block::result_type>)
            if (const auto bytes = bytes_in(ended.result()); bytes && *bytes != bytes_)
                last = measured(*bytes);
        end_block(ended, last);
    }

private:
    condition_link* link_;
    std::uint64_t bytes_ = 0;
};

inline void condition_link::end::passed(std::uint64_t bytes) noexcept {
    if (tracker_)
        tracker_->passed(bytes);
}

/// A completion condition that reports the bytes so far whenever Asio calls it.
template <typename Condition>
class reporting_condition : condition_link::end {
public:
    reporting_condition(condition_link& link, Condition condition)
        : end(link), condition_(std::move(condition)) {}

    auto operator()(const boost::system::error_code& error, std::size_t bytes) {
        this->passed(bytes);
        return condition_(error, bytes);
    }

private:
    Condition condition_;
};

} // namespace asyncinfo::detail

#endif // ASYNCINFO_DETAIL_PROGRESS_TRANSFER_TRACKER_HPP
