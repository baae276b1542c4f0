// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

// A job on a std::thread with progress and cancellation, watched by another thread.

#include <asyncinfo/asyncinfo.hpp>
#include <iostream>
#include <stdexcept>
#include <thread>
#include <vector>

using count_operation = asyncinfo::IAsyncOperationWithProgress<int, double>;

/// Counts the primes below a limit; wants none below 2.
count_operation count_primes(std::vector<std::thread>& workers, int limit) {
    asyncinfo::async_source<int, double> source;
    const count_operation handle = source.operation();
    workers.emplace_back([source = std::move(source), limit] {
        std::atomic<bool> stop = false;
        source.on_cancel([&stop] { stop = true; });
        try {
            if (limit < 2)
                throw std::invalid_argument("no primes there");
            int primes = 0;
            for (int n = 2; n < limit && !stop; ++n) {
                bool prime = true;
                for (int d = 2; prime && d * d <= n; ++d)
                    prime = n % d != 0;
                primes += prime;
                if (n % 1000 == 0)
                    source.report(double(n) / limit);
            }
            stop ? source.set_canceled() : source.set_value(primes);
        } catch (...) {
            source.set_error(std::current_exception()); // rethrown as it was, by get()
        }
    });
    return handle;
}

int main() {
    std::vector<std::thread> workers;
    const count_operation count = count_primes(workers, 200'000);
    while (count.wait_for(std::chrono::milliseconds(10)) == asyncinfo::AsyncStatus::Started)
        std::cout << int(100 * count.progress().value_or(0)) << " %\n";
    std::cout << count.get() << " primes\n";

    const count_operation endless = count_primes(workers, 2'000'000'000);
    endless.Progress([](auto& sender, double) { sender.Cancel(); });
    std::cout << "endless: " << endless.wait() << '\n';

    const count_operation refused = count_primes(workers, 1);
    try {
        refused.get();
    } catch (const std::invalid_argument& e) {
        std::cout << "refused: " << e.what() << '\n';
    }
    // Before the handles go: ThreadSanitizer does not see how std::exception_ptr counts, so the
    // thread that threw must not be the last to hold what main() has read.
    for (std::thread& worker : workers)
        worker.join();
    return count.get() == 17984 && endless.Status() == asyncinfo::AsyncStatus::Canceled &&
                   refused.Status() == asyncinfo::AsyncStatus::Error
               ? 0
               : 1;
}
