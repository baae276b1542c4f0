// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#include "reference.hpp"

namespace reference::abandon_on_cancel_hpp {

void show() {
    asio::io_context context;
    tcp::resolver resolver(context);
    const std::string host = "127.0.0.1", port = "80";

    auto look_up = abandon_on_cancel(resolver.async_resolve(host, port, use_async_info));
    look_up.cancel_after(2s);

    check(!look_up.get(context).empty());
}

const page shown("abandon_on_cancel.hpp", show);

} // namespace reference::abandon_on_cancel_hpp
