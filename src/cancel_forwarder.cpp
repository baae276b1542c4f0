//
// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0
//
#include <asyncinfo/detail/produce/cancel_forwarder.hpp>

namespace asyncinfo::detail {

void cancel_forwarder::request(boost::asio::cancellation_type_t types) {
    std::unique_lock lock(mutex_);
    requested_ = types;
    notify(lock);
}

bool cancel_forwarder::replace(std::shared_ptr<cancel_callback> callback) {
    std::unique_lock lock(mutex_);
    if (closed_)
        return false;
    current_.swap(callback); // the one before is released without the lock
    notify(lock);
    return true;
}

void cancel_forwarder::close() noexcept {
    std::unique_lock lock(mutex_);
    closed_ = true;
    auto released = std::move(current_);
    lock.unlock();
    cancel_callback::release(std::move(released));
}

void cancel_forwarder::notify(std::unique_lock<std::mutex>& lock) {
    const auto callback = current_;
    if (callback && !callback->running_) {
        callback->running_ = true;
        // Types requested during the call are passed on after it, by this loop.
        while (callback == current_ && callback->notified_ != requested_) {
            const auto types = callback->notified_ = requested_;
            lock.unlock();
            try {
                callback->call(types);
            } catch (...) {
                lock.lock();
                callback->running_ = false;
                lock.unlock();
                throw;
            }
            lock.lock();
        }
        callback->running_ = false;
    }
    lock.unlock();
}

} // namespace asyncinfo::detail
