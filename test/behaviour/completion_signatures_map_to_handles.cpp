// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#include "support/test.hpp"

#include <boost/asio/experimental/channel.hpp>

namespace asyncinfo_test::completion_signatures_map_to_handles_test {
namespace {

using std::exception_ptr;

template <typename... Signatures>
using handle = typename asio::async_result<use_async_info_t, Signatures...>::return_type;

template <typename Handle, typename... Signatures>
constexpr bool gives = std::is_same_v<handle<Signatures...>, Handle>;

/// Can neither be copied nor made out of nothing.
struct ticket {
    explicit ticket(int n) : number(std::make_unique<int>(n)) {}
    std::unique_ptr<int> number;
};
static_assert(!std::is_default_constructible_v<ticket> && !std::is_copy_constructible_v<ticket>);

// §1, the table.
static_assert(gives<IAsyncAction, void()>);
static_assert(gives<IAsyncAction, void(error_code)>);
static_assert(gives<IAsyncAction, void(std::error_code)>);
static_assert(gives<IAsyncAction, void(exception_ptr)>);
static_assert(gives<IAsyncOperation<int>, void(error_code, int)>);
static_assert(gives<IAsyncOperation<int>, void(std::error_code, int)>);
static_assert(gives<IAsyncOperation<int>, void(exception_ptr, int)>);
static_assert(gives<IAsyncOperation<int>, void(int)>);
static_assert(
    gives<IAsyncOperation<std::tuple<int, std::string>>, void(error_code, int, std::string)>);
static_assert(
    gives<IAsyncOperation<std::tuple<int, std::string, char>>, void(int, std::string, char)>);

// "Value types are decayed."
static_assert(gives<IAsyncOperation<std::string>, void(const error_code&, const std::string&)>);
static_assert(gives<IAsyncOperation<std::tuple<std::string, int>>,
                    void(error_code&&, std::string&&, const int)>);
static_assert(gives<IAsyncOperation<std::tuple<int*, void (*)()>>, void(int (&)[3], void (&)())>);

// "Only a first parameter can be the error."
static_assert(gives<IAsyncOperation<std::tuple<int, error_code>>, void(int, error_code)>);
static_assert(gives<IAsyncOperation<error_code>, void(error_code, error_code)>);
static_assert(gives<IAsyncOperation<exception_ptr>, void(error_code, exception_ptr)>);

// A tuple among several values, or alone, stays one value.
static_assert(gives<IAsyncOperation<std::tuple<int, int>>, void(std::tuple<int, int>)>);
static_assert(gives<IAsyncOperation<std::tuple<std::tuple<int>, int>>,
                    void(error_code, std::tuple<int>, int)>);

// "Of several signatures, error-only ones merge into the one with values", in any order.
static_assert(gives<IAsyncAction, void(), void(error_code)>);
static_assert(gives<IAsyncAction, void(error_code), void(exception_ptr)>);
static_assert(gives<IAsyncOperation<int>, void(error_code), void(error_code, int)>);
static_assert(gives<IAsyncOperation<int>, void(error_code, int), void(error_code)>);
static_assert(gives<IAsyncOperation<int>, void(error_code), void(int), void(exception_ptr)>);
static_assert(gives<IAsyncOperation<int>, void(error_code, int), void(exception_ptr, const int&)>);

// What Asio allows to be written on a signature does not matter.
static_assert(gives<IAsyncOperation<int>, void(error_code, int) &>);
static_assert(gives<IAsyncOperation<int>, void(error_code, int) &&>);
static_assert(gives<IAsyncOperation<int>, void(error_code, int) noexcept>);
static_assert(std::is_same_v<handle<void(error_code, int) & noexcept>, IAsyncOperation<int>>);
static_assert(std::is_same_v<handle<void(error_code, int) && noexcept>, IAsyncOperation<int>>);

#if defined(ASYNCINFO_HAS_DISPOSITION)
/// An error type of the user's own.
enum class weather { fine, rain };

struct storm {
    weather is;
};
#endif

/// Starts an operation that ends with `args`, inside its initiating function.
template <typename... Signatures, typename... Args>
auto ended_with(Args&&... args) {
    return asio::async_initiate<decltype(use_async_info), Signatures...>(
        [](auto handler, auto&&... delivered) {
            std::move(handler)(std::forward<decltype(delivered)>(delivered)...);
        },
        use_async_info, std::forward<Args>(args)...);
}

const error_code success;
const error_code refused = asio::error::connection_refused;

} // namespace

} // namespace asyncinfo_test::completion_signatures_map_to_handles_test

#if defined(ASYNCINFO_HAS_DISPOSITION)
template <>
struct boost::asio::disposition_traits<
    asyncinfo_test::completion_signatures_map_to_handles_test::storm> {
    using storm = asyncinfo_test::completion_signatures_map_to_handles_test::storm;
    using weather = asyncinfo_test::completion_signatures_map_to_handles_test::weather;

    static bool not_an_error(const storm& s) noexcept { return s.is == weather::fine; }
    static void throw_exception(const storm& s) { throw s; }
    static std::exception_ptr to_exception_ptr(const storm& s) {
        return not_an_error(s) ? nullptr : std::make_exception_ptr(s);
    }
};
#endif

namespace asyncinfo_test::completion_signatures_map_to_handles_test {

BOOST_AUTO_TEST_SUITE(completion_signatures_map_to_handles)

BOOST_AUTO_TEST_CASE(actions) {
    ended_with<void()>().GetResults();
    ended_with<void(error_code)>(success).GetResults();
    ended_with<void(std::error_code)>(std::error_code()).GetResults();
    ended_with<void(exception_ptr)>(nullptr).GetResults();
    ended_with<void(const error_code&)>(success).GetResults();
    BOOST_TEST(ended_with<void(const error_code&)>(refused).ErrorCode() == refused);
}

BOOST_AUTO_TEST_CASE(one_value) {
    BOOST_TEST(ended_with<void(int)>(7).GetResults() == 7);
    BOOST_TEST(ended_with<void(error_code, int)>(success, 7).GetResults() == 7);
    BOOST_TEST(ended_with<void(std::error_code, int)>(std::error_code(), 7).GetResults() == 7);
    BOOST_TEST(ended_with<void(exception_ptr, int)>(nullptr, 7).GetResults() == 7);
}

BOOST_AUTO_TEST_CASE(several_values) {
    const std::tuple<int, std::string> expected(7, "seven");
    BOOST_TEST((ended_with<void(int, std::string)>(7, "seven").GetResults() == expected));
    BOOST_TEST((ended_with<void(error_code, int, std::string)>(success, 7, "seven").GetResults() ==
                expected));
    BOOST_TEST(
        (ended_with<void(exception_ptr, int, std::string)>(nullptr, 7, "seven").GetResults() ==
         expected));
    const auto failed = ended_with<void(error_code, int, std::string)>(refused, 7, "seven");
    BOOST_TEST(failed.ErrorCode() == refused);
    BOOST_TEST((std::get<1>(failed.outcome()) == expected));
}

// Decayed: what was delivered by reference is the operation's own copy.
BOOST_AUTO_TEST_CASE(references_are_copied) {
    std::vector<int> delivered{1, 2, 3};
    const auto operation = ended_with<void(const error_code&, const std::vector<int>&)>(
        success, std::as_const(delivered));
    delivered.clear();
    BOOST_TEST(operation.GetResults().size() == 3u);
}

BOOST_AUTO_TEST_CASE(an_error_behind_the_first_parameter_is_a_value) {
    const auto operation = ended_with<void(error_code, error_code)>(success, refused);
    BOOST_TEST(operation.GetResults() == refused);
    const auto second = ended_with<void(int, error_code)>(7, refused);
    BOOST_TEST((second.GetResults() == std::tuple(7, refused)));
}

BOOST_AUTO_TEST_CASE(the_value_may_be_move_only_and_need_no_default_constructor) {
    BOOST_TEST(*ended_with<void(ticket)>(ticket(7)).GetResults().number == 7);
    BOOST_TEST(*ended_with<void(error_code, ticket)>(success, ticket(7)).GetResults().number == 7);
    BOOST_TEST(*ended_with<void(exception_ptr, ticket)>(nullptr, ticket(7)).get().number == 7);
    const auto two = ended_with<void(error_code, ticket, ticket)>(success, ticket(7), ticket(8));
    BOOST_TEST(*std::get<1>(two.GetResults()).number == 8);

    const auto failed = ended_with<void(error_code, ticket)>(refused, ticket(7));
    BOOST_TEST(failed.ErrorCode() == refused);
    BOOST_TEST(*std::get<1>(failed.outcome())->number == 7);
}

BOOST_AUTO_TEST_CASE(several_signatures_each_deliver) {
    const auto exception = std::make_exception_ptr(7);

    BOOST_TEST((ended_with<void(), void(error_code)>().Status() == AsyncStatus::Completed));
    BOOST_TEST((ended_with<void(), void(error_code)>(refused).ErrorCode() == refused));
    BOOST_TEST(
        (ended_with<void(error_code), void(exception_ptr)>(exception).exception() == exception));

    BOOST_TEST((ended_with<void(error_code), void(error_code, int)>(success, 7).GetResults() == 7));
    BOOST_TEST(
        (ended_with<void(error_code), void(error_code, int)>(refused).ErrorCode() == refused));
    BOOST_TEST((ended_with<void(int), void(exception_ptr)>(7).GetResults() == 7));
    BOOST_TEST((ended_with<void(int), void(exception_ptr)>(exception).exception() == exception));
    BOOST_TEST(
        (ended_with<void(error_code, int), void(exception_ptr, int)>(exception, 7).exception() ==
         exception));

    // The error-only signature has no T to give, whatever T is.
    const auto failed = ended_with<void(error_code), void(error_code, ticket)>(refused);
    BOOST_TEST(failed.ErrorCode() == refused);
    BOOST_TEST(!std::get<1>(failed.outcome()));
    const auto succeeded =
        ended_with<void(error_code), void(error_code, ticket)>(success, ticket(7));
    BOOST_TEST(*succeeded.GetResults().number == 7);
}

BOOST_AUTO_TEST_CASE(qualified_signatures_deliver) {
    BOOST_TEST(ended_with<void(error_code, int)&>(success, 7).GetResults() == 7);
    BOOST_TEST(ended_with<void(error_code, int) &&>(success, 7).GetResults() == 7);
    BOOST_TEST(ended_with<void(error_code, int) noexcept>(success, 7).GetResults() == 7);
    BOOST_TEST(ended_with < void(error_code, int) & noexcept > (success, 7).GetResults() == 7);
    BOOST_TEST(ended_with < void(error_code, int) && noexcept > (success, 7).GetResults() == 7);
}

// Handlers are invoked with what converts to the signature, as `asio::error::eof` does.
BOOST_AUTO_TEST_CASE(arguments_convert_to_the_signature) {
    const auto operation = ended_with<void(error_code, std::string)>(asio::error::eof, "partial");
    BOOST_TEST(operation.ErrorCode() == error_code(asio::error::eof));
    BOOST_TEST((std::get<1>(operation.outcome()) == "partial"));
}

// Asio's own operation with several signatures.
BOOST_AUTO_TEST_CASE(a_channel_of_two_signatures) {
    asio::io_context context;
    asio::experimental::channel<void(error_code), void(error_code, int)> channel(context, 2);
    // (clang does not find try_send of the second signature.)
    channel.async_send(success, 7, asio::detached);
    channel.async_send(refused, asio::detached);
    const auto value = channel.async_receive(use_async_info);
    const auto failure = channel.async_receive(use_async_info);
    static_assert(std::is_same_v<decltype(value), const IAsyncOperation<int>>);
    context.run();
    BOOST_TEST(value.GetResults() == 7);
    BOOST_TEST(failure.ErrorCode() == refused);
}

// What the value's own constructor throws is the operation's error: nothing is left hanging.
BOOST_AUTO_TEST_CASE(a_value_that_cannot_be_stored_ends_the_operation_by_its_exception) {
    struct brittle {
        brittle() = default;
        brittle(const brittle&) { throw 7; }
    };
    const brittle delivered;
    const auto operation = ended_with<void(error_code, const brittle&)>(success, delivered);
    BOOST_TEST(operation.Status() == AsyncStatus::Error);
    BOOST_CHECK_THROW(static_cast<void>(operation.GetResults()), int);
}

#if defined(ASYNCINFO_HAS_DISPOSITION)
// §1: "from Boost 1.87 on any type with disposition_traits".
BOOST_AUTO_TEST_CASE(a_disposition_is_an_error) {
    static_assert(gives<IAsyncAction, void(storm)>);
    static_assert(gives<IAsyncOperation<int>, void(storm, int)>);
    BOOST_TEST((ended_with<void(storm, int)>(storm{weather::fine}, 7).GetResults() == 7));
    const auto failed = ended_with<void(storm, int)>(storm{weather::rain}, 7);
    BOOST_TEST(failed.Status() == AsyncStatus::Error);
    BOOST_CHECK_THROW(static_cast<void>(failed.GetResults()), storm);
    BOOST_TEST((std::get<1>(failed.outcome()) == 7));
}
#endif

BOOST_AUTO_TEST_SUITE_END()

} // namespace asyncinfo_test::completion_signatures_map_to_handles_test
