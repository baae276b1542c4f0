//
// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0
//
#ifndef ASYNCINFO_DETAIL_BLOCK_SUBMISSION_HPP
#define ASYNCINFO_DETAIL_BLOCK_SUBMISSION_HPP

#include <asyncinfo/detail/block/operation.hpp>

#include <utility>

namespace asyncinfo::detail {

/// A part of an operation on its way to an executor. It runs there or is lost, once.
class submission {
public:
    using function = void (*)(void* object, bool lost);

    /// `object` is a part of the operation, which stays while `run` is called.
    submission(operation_ptr operation, void* object, function run) noexcept
        : operation_(std::move(operation)), object_(object), run_(run) {}

    submission(submission&&) noexcept = default;
    submission& operator=(submission&&) = delete;

    ~submission() {
        if (operation_)
            run_(object_, true);
    }

    void operator()() {
        const operation_ptr keep = std::move(operation_);
        run_(object_, false);
    }

private:
    operation_ptr operation_;
    void* object_;
    function run_;
};

} // namespace asyncinfo::detail

#endif // ASYNCINFO_DETAIL_BLOCK_SUBMISSION_HPP
