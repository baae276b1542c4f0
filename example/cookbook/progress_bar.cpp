// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

// A progress bar.

#include "cookbook.hpp"

namespace cookbook::progress_bar {

void draw(std::ostream& out, double fraction) {
    const auto full = static_cast<std::size_t>(20 * fraction);
    out << "\r[" << std::string(full, '#') << std::string(20 - full, '.') << "] "
        << static_cast<int>(100 * fraction) << " %" << std::flush;
}

std::size_t read_with_bar(tcp::socket& from, std::vector<char>& data, std::ostream& out) {
    const auto read = asyncinfo::with_progress(data.size(), [&](auto condition, auto token) {
        return asio::async_read(from, asio::buffer(data), condition, token);
    });
    while (read.wait_for(50ms) == AsyncStatus::Started)
        draw(out, read.progress()->fraction());
    draw(out, read.progress()->fraction());
    return read.GetResults();
}

void run() {
    asio::thread_pool pool(2);
    connection c(pool.get_executor());
    std::vector<char> sent(1 << 20), received(sent.size());
    const auto write = asio::async_write(c.there, asio::buffer(sent), use_async_info);
    std::ostringstream drawn;
    check(read_with_bar(c.here, received, drawn) == sent.size() && write.get() == sent.size());
    check(drawn.str().ends_with("\r[####################] 100 %"));
}

const recipe here("progress_bar", run);

} // namespace cookbook::progress_bar
