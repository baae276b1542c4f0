//
// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0
//
#include <asyncinfo/detail/loop/queue_executor.hpp>

#include <boost/asio/strand.hpp>

namespace asyncinfo::detail {
namespace {

using boost::asio::any_io_executor;

constexpr context_keepers queue_executors{
    [](const any_io_executor& executor) noexcept {
        return executor.target<queue_executor<>>() != nullptr;
    },
    [](const any_io_executor& executor) noexcept {
        return executor.target<queue_executor<>::tracked>() != nullptr;
    },
    [](const any_io_executor& executor) noexcept {
        const auto* strand = executor.target<boost::asio::strand<queue_executor<>>>();
        return strand ? any_io_executor(strand->get_inner_executor()) : any_io_executor();
    }};

} // namespace

queue_core::queue_core() { make_known(queue_executors); }

} // namespace asyncinfo::detail
