// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

// What doc/errors.md shows: the ways an operation can end, told apart.

#include "cookbook.hpp"

namespace cookbook::handling_errors {

std::string by_exception(const IAsyncOperation<int>& op) {
    try {
        return std::to_string(op.get());
    } catch (const asyncinfo::operation_canceled&) {
        return "cancelled"; // the first handler: it is a system_error, too
    } catch (const system_error& e) {
        if (e.code() == asyncinfo::condition::deadline_expired)
            return "too late";
        return e.what(); // says which operation it was, and what went wrong
    } catch (const std::exception& e) {
        return e.what(); // what a coroutine has thrown, as it was
    }
}

std::string by_code(const IAsyncOperation<int>& op) {
    error_code error;
    if (const std::optional<int> value = op.get(error))
        return std::to_string(*value);
    if (error == asyncinfo::condition::canceled)
        return "cancelled";
    if (error == asyncinfo::condition::deadline_expired)
        return "too late";
    return error.message();
}

void run() {
    using asyncinfo::async_source;
    async_source<int> done, cancelled, refused("login"), thrown;
    done.set_value(42);
    cancelled.set_canceled();
    refused.set_error(asio::error::connection_refused);
    thrown.set_error(std::make_exception_ptr(std::logic_error("no such page")));
    async_source<int> late;
    late.on_cancel([&] { late.set_canceled(); });
    late.operation().cancel_after(1ms);
    auto gone = std::make_optional<async_source<int>>("sensor");
    const auto abandoned = gone->operation();
    gone.reset();

    check(by_exception(done.operation()) == "42" && by_code(done.operation()) == "42");
    check(by_exception(cancelled.operation()) == "cancelled");
    check(by_code(cancelled.operation()) == "cancelled");
    check(by_exception(late.operation()) == "too late" && by_code(late.operation()) == "too late");
    check(by_exception(refused.operation()) ==
          "asyncinfo operation " + std::to_string(refused.operation().Id()) +
              " 'login': " + error_code(asio::error::connection_refused).what());
    check(by_exception(thrown.operation()) == "no such page");
    check(by_code(thrown.operation()) ==
          "The operation ended by an exception that is no system_error");
    check(abandoned.ErrorCode() == asyncinfo::errc::abandoned);
}

const recipe here("handling_errors", run);

} // namespace cookbook::handling_errors
