// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#include "reference.hpp"

#include <array>

namespace reference::error_hpp {

void too_early() {
    connection pair;
    auto& [context, socket, peer] = pair;
    std::array<char, 16> data;
    auto read = socket.async_read_some(asio::buffer(data), use_async_info);

    error_code error;
    read.GetResults(error);
    if (error == errc::illegal_method_call)
        std::cout << "no result yet\n";

    check(error == errc::illegal_method_call);
    check(error == boost::system::errc::operation_not_permitted);
    read.Cancel();
    read.wait_for(context, 1h);
}

void caught() {
    async_source<int> source;
    auto read = source.operation();
    source.set_canceled();

    try {
        use(read.get());
    } catch (const operation_canceled&) {
        std::cout << "stopped, as was asked for\n";
    } catch (const boost::system::system_error& e) {
        std::cout << "failed: " << e.what() << '\n';
    }

    check(read.ErrorCode() == asio::error::operation_aborted);
}

const page first("error.hpp", too_early), second("error.hpp", caught);

} // namespace reference::error_hpp
