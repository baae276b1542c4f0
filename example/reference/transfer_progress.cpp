// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#include "reference.hpp"

namespace reference::transfer_progress_hpp {

void show() {
    connection pair;
    std::string body(100'000, ' ');
    auto download = with_progress(body.size(), [&](auto condition, auto token) {
        return asio::async_read(pair.socket, asio::buffer(body), condition, token);
    });

    download.Progress([](auto&, const transfer_progress& p) {
        std::cout << int(p.fraction() * 100) << " %, " << p.rate() / 1e6 << " MB/s\n";
    });

    pair.send(std::string(100'000, 'x'));
    download.get(pair.context);
    check(download.progress()->fraction() == 1);
}

const page shown("transfer_progress.hpp", show);

} // namespace reference::transfer_progress_hpp
