//
// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0
//
// Errors that nobody asked for.

#include <asyncinfo/registry_lints.hpp>

#include <asyncinfo/detail/registry/rows.hpp>

#include <functional>
#include <memory>
#include <mutex>
#include <utility>

namespace asyncinfo {
namespace {

using unseen_handler = std::function<void(const registry::ended&)>;

/// Never destroyed: operations can end after main has returned.
std::shared_ptr<const unseen_handler>& handler_of_unseen() {
    static auto* const kept = new std::shared_ptr<const unseen_handler>;
    return *kept;
}

} // namespace

void registry::on_unseen_error(unseen_handler handler) {
    auto made = handler ? std::make_shared<const unseen_handler>(std::move(handler)) : nullptr;
    const std::lock_guard guard(detail::lasting_mutex<unseen_handler>());
    handler_of_unseen().swap(made);
}

void detail::call_unseen(const registry::ended& lost) noexcept {
    std::unique_lock lock(detail::lasting_mutex<unseen_handler>());
    const auto handler = handler_of_unseen();
    lock.unlock();
    if (handler)
        (*handler)(lost);
}

} // namespace asyncinfo
