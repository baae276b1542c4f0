// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

// Step 11: an operation of your own.

#include <asyncinfo/asyncinfo.hpp>
#include <atomic>
#include <boost/asio.hpp>
#include <iostream>
#include <memory>
#include <string>
#include <utility>

namespace asio = boost::asio;
using count_operation = asyncinfo::IAsyncOperationWithProgress<std::size_t, double>;

/// Counts the letters x of a text on a thread of the pool; reports what part it has seen.
count_operation count_x(std::string text, asio::thread_pool& pool) {
    asyncinfo::async_source<std::size_t, double> source;
    const count_operation operation = source.operation();
    const auto stop = std::make_shared<std::atomic<bool>>(false);
    source.on_cancel([stop] { *stop = true; });

    asio::post(pool, [source = std::move(source), text = std::move(text), stop] {
        std::size_t found = 0;
        for (std::size_t i = 0; i < text.size() && !*stop; ++i) {
            found += text[i] == 'x';
            if (i % 4096 == 0)
                source.report(double(i) / double(text.size()));
        }
        *stop ? source.set_canceled() : source.set_value(found);
    });
    return operation;
}

int main() {
    asio::thread_pool pool(1);
    const auto count = count_x(std::string(1 << 20, 'x'), pool);
    std::cout << count.get() << " letters\n";

    const auto large = count_x(std::string(16 << 20, 'x'), pool);
    large.Progress([](const auto& sender, double part) {
        if (part >= 0.25)
            sender.Cancel();
    });
    std::cout << large.wait() << " at " << int(100 * *large.progress()) << " %\n";
    return 0;
}
