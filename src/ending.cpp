//
// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0
//
#include <asyncinfo/ending.hpp>

#include <asyncinfo/async_info.hpp>
#include <asyncinfo/operation_origin.hpp>

#include <chrono>
#include <ostream>
#include <string_view>

namespace asyncinfo {
namespace {

using boost::asio::cancellation_type;
using boost::asio::cancellation_type_t;

struct in_words {
    cancellation_type_t types;

    friend std::ostream& operator<<(std::ostream& stream, const in_words& words) {
        constexpr auto every =
            cancellation_type::terminal | cancellation_type::partial | cancellation_type::total;
        if ((words.types & every) == every)
            return stream << "all types";
        std::string_view separator;
        for (const auto& [type, name] : {std::pair(cancellation_type::terminal, "terminal"),
                                         std::pair(cancellation_type::partial, "partial"),
                                         std::pair(cancellation_type::total, "total")})
            if ((words.types & type) != cancellation_type::none) {
                stream << separator << name;
                separator = ", ";
            }
        return stream;
    }
};

/// Who asked, as the subject of a sentence.
std::string_view subject(cancel_source source) noexcept {
    switch (source) {
    case cancel_source::none:
        break;
    case cancel_source::handle:
        return "a handle";
    case cancel_source::slot:
        return "a cancellation slot";
    case cancel_source::combination:
        return "its combination";
    case cancel_source::coroutine:
        return "the coroutine that awaited it";
    case cancel_source::stop_token:
        return "a stop token";
    case cancel_source::group:
        return "its group";
    case cancel_source::shutdown:
        return "the shutdown of its group";
    case cancel_source::registry:
        return "registry::cancel";
    case cancel_source::deadline:
        return "its deadline";
    }
    return {};
}

} // namespace

std::string_view to_string(ending_reason reason) noexcept {
    switch (reason) {
    case ending_reason::none:
        return "none";
    case ending_reason::finished:
        return "finished";
    case ending_reason::failed:
        return "failed";
    case ending_reason::cancelled:
        return "cancelled";
    case ending_reason::deadline:
        return "deadline";
    case ending_reason::abandoned:
        return "abandoned";
    }
    return "(unknown)";
}

std::string_view to_string(cancel_source source) noexcept {
    switch (source) {
    case cancel_source::none:
        return "none";
    case cancel_source::handle:
        return "handle";
    case cancel_source::slot:
        return "slot";
    case cancel_source::combination:
        return "combination";
    case cancel_source::coroutine:
        return "coroutine";
    case cancel_source::stop_token:
        return "stop_token";
    case cancel_source::group:
        return "group";
    case cancel_source::shutdown:
        return "shutdown";
    case cancel_source::registry:
        return "registry";
    case cancel_source::deadline:
        return "deadline";
    }
    return "(unknown)";
}

std::string_view to_string(operation_origin origin) noexcept {
    switch (origin) {
    case operation_origin::initiated:
        return "initiated";
    case operation_origin::coroutine:
        return "coroutine";
    case operation_origin::combination:
        return "combination";
    case operation_origin::source:
        return "source";
    case operation_origin::adapter:
        return "adapter";
    }
    return "(unknown)";
}

std::ostream& operator<<(std::ostream& stream, ending_reason reason) {
    return stream << to_string(reason);
}

std::ostream& operator<<(std::ostream& stream, cancel_source source) {
    return stream << to_string(source);
}

std::ostream& operator<<(std::ostream& stream, const async_ending& ending) {
    if (ending.reason == ending_reason::none)
        stream << "has not ended";
    else
        stream << to_string(ending.reason);
    if (ending.asked_types == cancellation_type::none)
        return stream;
    stream << ", asked to stop";
    if (const auto who = subject(ending.asked_by); !who.empty())
        stream << " by " << who;
    stream << " (" << in_words{ending.asked_types} << ')';
    if (ending.stopped_after)
        stream << ", stopped after "
               << std::chrono::duration<double, std::milli>(*ending.stopped_after).count() << " ms";
    return stream;
}

async_ending IAsyncInfo::ending() const {
    return or_throw("ending", [this](auto& error) { return ending(error); });
}

async_ending IAsyncInfo::ending(boost::system::error_code& error) const noexcept {
    auto* operation = usable(error);
    return operation ? operation->ending() : async_ending();
}

async_ending detail::operation_base::ending() noexcept {
    async_ending made;
    made.asked_types = requested_types();
    boost::system::error_code refused; // set if Close has released the exception
    made.reason = reason_of(status(), read_code(refused));
    if (identity_.is_tracked())
        identity_.complete(made);
    if (load() & lifecycle::expired)
        made.asked_by = cancel_source::deadline;
    return made;
}

ending_reason
detail::operation_base::reason_of(AsyncStatus status,
                                  const boost::system::error_code& code) const noexcept {
    switch (status) {
    case AsyncStatus::Started:
        break;
    case AsyncStatus::Completed:
        return ending_reason::finished;
    case AsyncStatus::Canceled:
        return ending_reason::cancelled;
    case AsyncStatus::Error:
        if (code == errc::abandoned)
            return ending_reason::abandoned;
        return (load() & lifecycle::expired) && code == timed_out() ? ending_reason::deadline
                                                                    : ending_reason::failed;
    }
    return ending_reason::none;
}

} // namespace asyncinfo
