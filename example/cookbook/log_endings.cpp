// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

// A line of the log for each operation that ends.

#include "cookbook.hpp"

namespace cookbook::log_endings {

using log_function = std::function<void(std::string)>;

void log_ending(const IAsyncInfo& operation, log_function log) {
    operation.async_wait([operation, log, begin = steady_clock::now()](error_code error) {
        const auto time = std::chrono::duration_cast<milliseconds>(steady_clock::now() - begin);
        std::ostringstream line;
        line << operation.Id() << ' ' << operation.name() << ": " << operation.Status();
        if (error)
            line << " (" << error.message() << ')';
        line << " after " << time.count() << " ms";
        log(line.str());
    });
}

void run() {
    asio::io_context context;
    asio::steady_timer nap(context, 1ms), sleep(context, steady_clock::time_point::max());
    std::vector<std::string> lines;
    const auto log = [&](std::string line) { lines.push_back(std::move(line)); };
    const auto short_one = nap.async_wait(use_async_info.named("nap"));
    const auto long_one = sleep.async_wait(use_async_info.named("sleep").cancel_after(10ms));
    log_ending(short_one, log);
    log_ending(long_one, log);
    context.run();
    check(lines.size() == 2);
    check(lines[0].starts_with(std::to_string(short_one.Id()) + " nap: Completed after "));
    check(lines[1].find(" sleep: Error (The operation's own deadline has expired) after ") !=
          std::string::npos);
}

const recipe here("log_endings", run);

} // namespace cookbook::log_endings
