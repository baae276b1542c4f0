// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#ifndef ASYNCINFO_TEST_SUPPORT_RUNNING_CONTEXT_HPP
#define ASYNCINFO_TEST_SUPPORT_RUNNING_CONTEXT_HPP

#include "beside_the_library.hpp"

namespace asyncinfo_test {

/// An io_context that some threads run until `finish`, or until it goes out of scope.
class running_context : public boost::asio::io_context {
public:
    explicit running_context(int threads = 1) : work_(get_executor()) {
        while (threads-- > 0)
            threads_.emplace_back([this] { run(); });
    }

    ~running_context() {
        stop();
        finish();
    }

    /// Lets the operations end.
    void finish() {
        work_.reset();
        for (auto& t : threads_)
            if (t.joinable())
                t.join();
    }

    bool runs_on(std::thread::id thread) const {
        return std::any_of(threads_.begin(), threads_.end(),
                           [=](auto& t) { return t.get_id() == thread; });
    }

private:
    boost::asio::executor_work_guard<executor_type> work_;
    std::vector<std::thread> threads_;
};

} // namespace asyncinfo_test

#endif // ASYNCINFO_TEST_SUPPORT_RUNNING_CONTEXT_HPP
