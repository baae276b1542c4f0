//
// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0
//
#ifndef ASYNCINFO_DETAIL_BLOCK_OUTCOME_HPP
#define ASYNCINFO_DETAIL_BLOCK_OUTCOME_HPP

#include <asyncinfo/detail/block/signature.hpp>

#include <boost/system/error_code.hpp>

#include <exception>
#include <system_error>
#include <tuple>
#include <type_traits>
#include <utility>

#if defined(ASYNCINFO_HAS_DISPOSITION)
#include <boost/asio/disposition.hpp>
#endif

namespace asyncinfo::detail {

/// Stores what a completion handler is called with, in an operation or in what awaits one.
///
/// `Target` has `result_type`, `set_result(values...)`, `result()`, `succeed()`, `fail(error)` and
/// `error_goes_into_result()`. `fail` returns whether it has stored the error as it was given.
template <typename Target>
class outcome {
public:
    /// `Parameters` are the completion signatures taken apart.
    template <typename... Parameters, typename... Args>
    static void store(Target& ended, Args&&... args) noexcept {
        try {
            take(ended, typename select<types<Args...>, Parameters...>::type(),
                 std::forward<Args>(args)...);
        } catch (...) {
            // The result could not be moved into the target.
            ended.fail(std::current_exception());
        }
    }

private:
    template <typename Error, typename... Ts, typename E, typename... Args>
        requires(!std::is_void_v<Error>)
    static void take(Target& ended, parameters<Error, Ts...>, E&& error, Args&&... args) {
        if constexpr (sizeof...(Ts) != 0)
            ended.set_result(static_cast<Args&&>(args)...);
        store_error(ended, static_cast<const Error&>(Error(std::forward<E>(error))));
    }

    template <typename... Ts, typename... Args>
    static void take(Target& ended, parameters<void, Ts...>, Args&&... args) {
        ended.set_result(std::forward<Args>(args)...);
        if constexpr (is_tuple_with_error<typename Target::result_type>) {
            // Under as_tuple the error decides the status all the same.
            ended.error_goes_into_result();
            auto& error = std::get<0>(*ended.result());
            if (!store_error(ended, std::as_const(error)))
                set_timed_out(error);
        } else {
            ended.succeed();
        }
    }

    // These return false if the error is stored as `timed_out` instead.

    static bool store_error(Target& ended, const boost::system::error_code& error) {
        if (error.failed())
            return ended.fail(error);
        ended.succeed();
        return true;
    }

    static bool store_error(Target& ended, const std::error_code& error) {
        return store_error(ended, boost::system::error_code(error));
    }

    static bool store_error(Target& ended, const std::exception_ptr& error) {
        if (error)
            return ended.fail(error);
        ended.succeed();
        return true;
    }

#if defined(ASYNCINFO_HAS_DISPOSITION)
    template <boost::asio::disposition Disposition>
    static bool store_error(Target& ended, const Disposition& disposition) {
        return store_error(ended, disposition != boost::asio::no_error
                                      ? boost::asio::to_exception_ptr(disposition)
                                      : std::exception_ptr());
    }
#endif
};

} // namespace asyncinfo::detail

#endif // ASYNCINFO_DETAIL_BLOCK_OUTCOME_HPP
