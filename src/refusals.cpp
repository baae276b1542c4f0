//
// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0
//
// What members throw: what the operation ended by, or why a call was refused.

#include <asyncinfo/async_info.hpp>

#include <asyncinfo/detail/block/result.hpp>

#include <boost/system/system_error.hpp>

#include <cinttypes>
#include <cstdio>
#include <exception>
#include <string>
#include <string_view>

namespace asyncinfo {
namespace {

/// Why the state did not allow a call, and what to do. If the result has come just after the
/// refusal, the state no longer shows that it was missing: the text for "yet" is as true.
std::string_view remedy(detail::lifecycle::word state) noexcept {
    if (state & detail::lifecycle::closed)
        return "the operation has been closed: read what is needed before Close";
    if (state & detail::lifecycle::claimed)
        return "the result has been taken: what cannot be copied, or is taken from an rvalue "
               "handle, "
               "is given once";
    return "there was no result yet: wait for the end, or use try_get";
}

std::string describe(const detail::operation_base& operation) {
    char numbered[64];
    std::snprintf(numbered, sizeof(numbered), "asyncinfo operation %" PRIu64, operation.id());
    std::string text = numbered;
    if (const auto name = operation.name(); !name.empty())
        text.append(" '").append(name).append("'");
    return text;
}

} // namespace

void detail::throw_refusal(const operation_base* operation, const boost::system::error_code& error,
                           const char* member) {
    std::string what;
    if (operation)
        what.append(describe(*operation)).append(": ");
    what.append(member);
    if (operation && error == errc::illegal_method_call)
        what.append(": ").append(remedy(operation->load()));
    throw boost::system::system_error(error, what.c_str()); // the constructor that Asio uses
}

void detail::throw_failure(operation_base* operation, const boost::system::error_code& error,
                           const char* member) {
    boost::system::error_code refused;
    const bool ended = operation && operation->status() != AsyncStatus::Started;
    if (ended && operation->code(refused) == error && !refused) {
        if (const auto thrown = operation->exception(refused))
            std::rethrow_exception(thrown);
        if (!refused)
            throw_code(error, describe(*operation).c_str());
    }
    throw_refusal(operation, refused ? refused : error, member);
}

void detail::throw_code(const boost::system::error_code& code, const char* what) {
    if (means_canceled(code))
        throw what ? operation_canceled(code, what) : operation_canceled(code);
    throw what ? boost::system::system_error(code, what) : boost::system::system_error(code);
}

void IAsyncInfo::explain() const {
    boost::system::error_code error;
    auto* const operation = usable(error);
    if (operation && detail::is_successful(*operation, error))
        return;
    detail::throw_failure(operation_.get(), error, "GetResults");
}

} // namespace asyncinfo
