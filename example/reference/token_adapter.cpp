// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#include "reference.hpp"

// An adapter that adds nothing: what is shown is how it is made known.
template <typename Token>
struct my_adapter_t {
    Token token;
};

template <typename Token>
my_adapter_t<std::decay_t<Token>> my_adapter(Token&& token) {
    return {std::forward<Token>(token)};
}

template <typename Token, typename... Signatures>
struct boost::asio::async_result<my_adapter_t<Token>, Signatures...> {
    using return_type = typename async_result<Token, Signatures...>::return_type;

    template <typename Initiation, typename Adapter, typename... Args>
    static return_type initiate(Initiation&& initiation, Adapter&& adapter, Args&&... args) {
        return boost::asio::async_initiate<Token, Signatures...>(
            std::forward<Initiation>(initiation), adapter.token, std::forward<Args>(args)...);
    }
};

template <typename Token>
struct asyncinfo::token_adapter<my_adapter_t<Token>> {
    using inner_type = Token;

    template <typename Adapter>
    static auto&& inner(Adapter&& adapter) {
        return std::forward<Adapter>(adapter).token;
    }
    template <typename Inner>
    static auto rewrap(const my_adapter_t<Token>&, Inner inner) {
        return my_adapter_t<Inner>{std::move(inner)};
    }
};

namespace reference::token_adapter_hpp {

void show() {
    asio::io_context io, ex;
    asio::steady_timer timer(io, 1ms);
    auto op = timer.async_wait(asio::bind_executor(ex, my_adapter(use_async_info)));
    check(op.get_executor() == ex.get_executor());
    io.run();
    ex.run();
    check(op.Status() == AsyncStatus::Completed);
}

const page shown("token_adapter.hpp", show);

} // namespace reference::token_adapter_hpp
