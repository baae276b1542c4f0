// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#include "support/test.hpp"

#include "foreign_objects.hpp"

namespace asyncinfo_test::windows_test {
namespace {

using asyncinfo::com_release;
using asyncinfo::from_hresult;
using asyncinfo::from_windows;
using asyncinfo::to_hresult;
using asyncinfo::to_windows;

template <typename Object>
using owned = std::unique_ptr<Object, com_release>;

// As <winerror.h> of Microsoft's SDK has them.
constexpr auto illegal_state_change = static_cast<HRESULT>(0x8000000D);
constexpr auto illegal_method_call = static_cast<HRESULT>(0x8000000E);
constexpr auto illegal_delegate_assignment = static_cast<HRESULT>(0x80000018);
constexpr auto error_canceled = static_cast<HRESULT>(0x800704C7);
constexpr auto from_win32 = [](int code) {
    return static_cast<HRESULT>(0x80070000u + static_cast<unsigned>(code));
};

HRESULT query(IUnknown& object, REFIID wanted, owned<IUnknown>& found) {
    void* place = &object; // to be overwritten
    const HRESULT result = object.QueryInterface(wanted, &place);
    found.reset(static_cast<IUnknown*>(place));
    return result;
}

::AsyncStatus status_of(::IAsyncInfo& object) {
    ::AsyncStatus status{};
    BOOST_TEST_REQUIRE(object.get_Status(&status) == S_OK);
    return status;
}

HRESULT code_of(::IAsyncInfo& object) {
    HRESULT code = E_UNEXPECTED;
    BOOST_TEST_REQUIRE(object.get_ErrorCode(&code) == S_OK);
    return code;
}

IAsyncAction ended(error_code code) {
    return pending<void(error_code)>::ended(use_async_info, code);
}

/// A foreign object, all references to which are given back at the end of the test.
struct with_foreign {
    asyncinfo_test::record record;
    owned<foreign_operation> object{new foreign_operation(record)};

    /// As what only has IAsyncInfo.
    ::IAsyncInfo* info() { return object.get(); }

    ~with_foreign() {
        object.reset();
        BOOST_TEST(record.objects == 0);
        BOOST_TEST(record.handlers_kept == 0u);
    }
};

/// Runs the context until the operation has ended. Only a failing test waits long.
AsyncStatus end_of(const IAsyncInfo& op, asio::io_context& context) {
    return op.wait_for(context, long_enough);
}

struct unknown_category final : boost::system::error_category {
    const char* name() const noexcept override { return "unknown"; }
    std::string message(int) const override { return "unknown"; }
};

struct known_category final : boost::system::error_category {
    const char* name() const noexcept override { return "known"; }
    std::string message(int) const override { return "known"; }
    boost::system::error_condition default_error_condition(int) const noexcept override {
        return make_error_condition(boost::system::errc::connection_reset);
    }
};

} // namespace

BOOST_AUTO_TEST_SUITE(windows)

BOOST_AUTO_TEST_SUITE(hresults)

BOOST_AUTO_TEST_CASE(are_those_of_windows) {
    namespace generic = boost::system::errc;
    const auto of = [](auto code) { return to_hresult(error_code(code)); };
    BOOST_TEST(to_hresult({}) == S_OK);
    BOOST_TEST(of(asio::error::operation_aborted) == error_canceled);
    BOOST_TEST(of(generic::make_error_code(generic::operation_canceled)) == error_canceled);
    BOOST_TEST(of(asio::error::connection_reset) == from_win32(WSAECONNRESET));
    BOOST_TEST(of(asio::error::host_not_found) == from_win32(WSAHOST_NOT_FOUND));
    BOOST_TEST(of(asio::error::eof) == from_win32(ERROR_HANDLE_EOF));
    BOOST_TEST(of(errc::illegal_method_call) == illegal_method_call);
    BOOST_TEST(of(errc::illegal_state_change) == illegal_state_change);
    BOOST_TEST(of(errc::illegal_delegate_assignment) == illegal_delegate_assignment);
    BOOST_TEST(of(errc::abandoned) == RPC_E_DISCONNECTED);
    BOOST_TEST(of(errc::unhandled_exception) == E_FAIL);
    BOOST_TEST(of(errc::empty_handle) == E_INVALIDARG);
    BOOST_TEST(of(generic::make_error_code(generic::not_enough_memory)) == E_OUTOFMEMORY);
    BOOST_TEST(of(generic::make_error_code(generic::invalid_argument)) == E_INVALIDARG);
    BOOST_TEST(of(generic::make_error_code(generic::permission_denied)) == from_win32(WSAEACCES));
    BOOST_TEST(of(generic::make_error_code(generic::timed_out)) == from_win32(WSAETIMEDOUT));
}

BOOST_AUTO_TEST_CASE(of_the_standard_librarys_codes) {
    BOOST_TEST(to_hresult(std::error_code(ERROR_FILE_NOT_FOUND, std::system_category())) ==
               from_win32(ERROR_FILE_NOT_FOUND));
    BOOST_TEST(to_hresult(std::make_error_code(std::errc::not_enough_memory)) == E_OUTOFMEMORY);
    BOOST_TEST(to_hresult(std::make_error_code(std::errc::operation_canceled)) == error_canceled);
}

BOOST_AUTO_TEST_CASE(of_a_deadline_are_that_of_a_time_out) {
    running_context context;
    asio::steady_timer timer(context, asio::steady_timer::time_point::max());
    const auto op = timer.async_wait(use_async_info);
    op.cancel_after(0s);
    op.wait();
    BOOST_TEST(to_hresult(op.ErrorCode()) == from_win32(WSAETIMEDOUT));
}

BOOST_AUTO_TEST_CASE(of_an_unknown_category_are_a_failure) {
    static const unknown_category unknown;
    static const known_category known;
    for (const int value : {1, -1, 0x7fffffff, 10054})
        BOOST_TEST(to_hresult(error_code(value, unknown)) == E_FAIL);
    // One that says what its codes are equal to is not unknown.
    BOOST_TEST(to_hresult(error_code(1, known)) == from_win32(WSAECONNRESET));
}

BOOST_AUTO_TEST_CASE(are_codes) {
    BOOST_TEST(from_hresult(S_OK) == error_code());
    BOOST_TEST(from_hresult(S_FALSE) == error_code());
    BOOST_TEST(from_hresult(error_canceled) == asio::error::operation_aborted);
    BOOST_TEST(from_hresult(E_ABORT) == asio::error::operation_aborted);
    BOOST_TEST(from_hresult(from_win32(WSAECONNRESET)) == asio::error::connection_reset);
    BOOST_TEST(from_hresult(from_win32(ERROR_HANDLE_EOF)) == asio::error::eof);
    BOOST_TEST((from_hresult(illegal_method_call) == errc::illegal_method_call));
    BOOST_TEST((from_hresult(illegal_state_change) == errc::illegal_state_change));
    BOOST_TEST((from_hresult(illegal_delegate_assignment) == errc::illegal_delegate_assignment));
    BOOST_TEST(from_hresult(E_OUTOFMEMORY) == boost::system::errc::not_enough_memory);
    BOOST_TEST(from_hresult(E_INVALIDARG) == boost::system::errc::invalid_argument);
    BOOST_TEST(from_hresult(E_ACCESSDENIED) == boost::system::errc::permission_denied);
    BOOST_TEST(from_hresult(E_NOTIMPL) == error_code(E_NOTIMPL, boost::system::system_category()));
}

BOOST_AUTO_TEST_CASE(come_back_as_they_were) {
    for (int code = 1; code != 0x10000; ++code) {
        const HRESULT result = from_win32(code);
        const HRESULT back = to_hresult(from_hresult(result));
        // Windows has two codes for it.
        const HRESULT expected = code == ERROR_OPERATION_ABORTED ? error_canceled : result;
        if (back != expected)
            BOOST_TEST(back == expected);
    }
    for (const HRESULT result :
         {E_NOTIMPL, E_FAIL, E_UNEXPECTED, E_POINTER, E_NOINTERFACE, RPC_E_DISCONNECTED,
          from_win32(0), from_win32(0x2000'0005), illegal_method_call, illegal_state_change,
          illegal_delegate_assignment, E_OUTOFMEMORY, E_INVALIDARG})
        BOOST_TEST(to_hresult(from_hresult(result)) == result);
    BOOST_TEST(from_hresult(from_win32(0)).failed());
}

BOOST_AUTO_TEST_CASE(of_conditions_come_back_as_something_equal) {
    int found = 0;
    for (int value = 1; value != 200; ++value) {
        const error_code code(value, boost::system::generic_category());
        const HRESULT result = to_hresult(code);
        BOOST_TEST(FAILED(result));
        if (result == E_FAIL)
            continue; // Windows has none for it
        ++found;
        BOOST_TEST(from_hresult(result) == code.default_error_condition());
    }
    BOOST_TEST(found > 40);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(object)

BOOST_AUTO_TEST_CASE(has_the_interfaces_that_it_says) {
    const auto object = to_windows(ended({}));
    owned<IUnknown> identity, found, again;
    BOOST_TEST(query(*object, __uuidof(IUnknown), identity) == S_OK);
    for (const IID& iid : {__uuidof(IUnknown), __uuidof(IInspectable), __uuidof(::IAsyncInfo),
                           __uuidof(IAgileObject)}) {
        BOOST_TEST(query(*object, iid, found) == S_OK);
        // From each the same object is found, and itself, and every other one.
        BOOST_TEST(query(*found, __uuidof(IUnknown), again) == S_OK);
        BOOST_TEST(again == identity);
        BOOST_TEST(query(*found, iid, again) == S_OK);
        BOOST_TEST(query(*found, __uuidof(::IAsyncInfo), again) == S_OK);
    }
    BOOST_TEST(query(*object, __uuidof(IStream), found) == E_NOINTERFACE);
    BOOST_TEST(!found);
    BOOST_TEST(object->QueryInterface(__uuidof(IUnknown), nullptr) == E_POINTER);
}

BOOST_AUTO_TEST_CASE(says_of_what_class_it_is) {
    const auto object = to_windows(ended({}));
    ULONG count = 7;
    IID* iids = nullptr;
    BOOST_TEST_REQUIRE(object->GetIids(&count, &iids) == S_OK);
    BOOST_TEST_REQUIRE(count == 1u); // the list leaves out IUnknown and IInspectable
    BOOST_TEST((iids[0] == __uuidof(::IAsyncInfo)));
    CoTaskMemFree(iids);
    BOOST_TEST(object->GetIids(nullptr, &iids) == E_POINTER);
    BOOST_TEST(object->GetIids(&count, nullptr) == E_POINTER);

    int anything = 0;
    HSTRING name = reinterpret_cast<HSTRING>(&anything);
    BOOST_TEST(object->GetRuntimeClassName(&name) == S_OK);
    BOOST_TEST(!name);
    BOOST_TEST(object->GetRuntimeClassName(nullptr) == E_POINTER);

    auto level = FullTrust;
    BOOST_TEST(object->GetTrustLevel(&level) == S_OK);
    BOOST_TEST(level == BaseTrust);
    BOOST_TEST(object->GetTrustLevel(nullptr) == E_POINTER);
}

BOOST_AUTO_TEST_CASE(is_a_handle_until_the_last_release) {
    async_source<std::shared_ptr<int>> source;
    auto result = std::make_shared<int>();
    const std::weak_ptr<int> watched = result;
    ::IAsyncInfo* const object = to_windows(source.operation()).release();
    source.set_value(std::move(result));
    source = {};
    BOOST_TEST(object->AddRef() == 2u);
    BOOST_TEST(object->Release() == 1u);
    BOOST_TEST(!watched.expired());
    BOOST_TEST(object->Release() == 0u);
    BOOST_TEST(watched.expired());
}

BOOST_AUTO_TEST_CASE(has_the_state_of_the_operation) {
    pending<void(error_code)> source;
    const auto op = source.start(use_async_info);
    const auto object = to_windows(op);
    BOOST_TEST((status_of(*object) == ::AsyncStatus::Started));
    BOOST_TEST(code_of(*object) == S_OK);
    source.complete(asio::error::connection_refused);
    BOOST_TEST((status_of(*object) == ::AsyncStatus::Error));
    BOOST_TEST(code_of(*object) == from_win32(WSAECONNREFUSED));

    const auto completed = to_windows(ended({}));
    BOOST_TEST((status_of(*completed) == ::AsyncStatus::Completed));
    BOOST_TEST(code_of(*completed) == S_OK);
    const auto canceled = to_windows(ended(asio::error::operation_aborted));
    BOOST_TEST((status_of(*canceled) == ::AsyncStatus::Canceled));
    BOOST_TEST(code_of(*canceled) == error_canceled);

    BOOST_TEST(object->get_Status(nullptr) == E_POINTER);
    BOOST_TEST(object->get_ErrorCode(nullptr) == E_POINTER);
    BOOST_TEST(object->get_Id(nullptr) == E_POINTER);
}

BOOST_AUTO_TEST_CASE(has_the_lower_bits_of_the_number) {
    const auto op = ended({});
    UINT32 id = 0;
    BOOST_TEST(to_windows(op)->get_Id(&id) == S_OK);
    BOOST_TEST(id == op.Id());
    BOOST_TEST(asyncinfo::detail::short_id(0x1'0000'0007) == 7u);
    BOOST_TEST(asyncinfo::detail::short_id(0xffff'ffff) == 0xffff'ffffu);
    BOOST_TEST(asyncinfo::detail::short_id(0x1'0000'0000) == 1u); // never zero
}

BOOST_AUTO_TEST_CASE(cancels_the_operation) {
    running_context context;
    asio::steady_timer timer(context, asio::steady_timer::time_point::max());
    const auto op = timer.async_wait(use_async_info);
    const auto object = to_windows(op);
    BOOST_TEST(object->Cancel() == S_OK);
    BOOST_TEST((op.wait_for(long_enough) == AsyncStatus::Canceled));
    BOOST_TEST(code_of(*object) == error_canceled);
    BOOST_TEST(object->Cancel() == S_OK);
}

BOOST_AUTO_TEST_CASE(cancels_nothing_when_it_is_released) {
    pending<void(error_code)> source;
    const auto op = source.start(use_async_info);
    to_windows(op).reset();
    BOOST_TEST(!op.cancel_requested());
}

BOOST_AUTO_TEST_CASE(closes_the_operation_that_has_ended) {
    pending<void(error_code)> source;
    const auto op = source.start(use_async_info);
    const auto object = to_windows(op);
    BOOST_TEST(object->Close() == illegal_state_change);
    BOOST_TEST((op.Status() == AsyncStatus::Started));
    source.complete({});
    BOOST_TEST(object->Close() == S_OK);
    BOOST_TEST(object->Close() == S_OK);
    CHECK_THROWS_CODE(op.Status(), errc::illegal_method_call);

    UINT32 id = 0;
    ::AsyncStatus status{};
    HRESULT code = S_OK;
    BOOST_TEST(object->get_Id(&id) == illegal_method_call);
    BOOST_TEST(object->get_Status(&status) == illegal_method_call);
    BOOST_TEST(object->get_ErrorCode(&code) == illegal_method_call);
    BOOST_TEST(object->Cancel() == S_OK);
    owned<IUnknown> found;
    BOOST_TEST(query(*object, __uuidof(IInspectable), found) == S_OK);
}

BOOST_AUTO_TEST_CASE(is_used_by_many_threads) {
    running_context context(2);
    asio::steady_timer timer(context, asio::steady_timer::time_point::max());
    const auto object = to_windows(timer.async_wait(use_async_info));
    const auto use = [&] {
        const owned<::IAsyncInfo> own((object->AddRef(), object.get()));
        for (auto status = ::AsyncStatus::Started; status == ::AsyncStatus::Started;) {
            if (own->get_Status(&status) != S_OK || own->Cancel() != S_OK)
                return false;
            owned<IUnknown> found;
            query(*own, __uuidof(IAgileObject), found);
        }
        return own->Close() == S_OK;
    };
    auto one = std::async(std::launch::async, use);
    // The first to see the end closes the operation, which the other one can see.
    const bool here = use();
    BOOST_TEST((one.get() || here));
    object->AddRef();
    BOOST_TEST(object->Release() == 1u);
}

BOOST_AUTO_TEST_CASE(is_of_an_operation_that_is_there) {
    CHECK_THROWS_CODE(to_windows(nullptr), errc::empty_handle);
    const auto op = ended({});
    op.Close();
    CHECK_THROWS_CODE(to_windows(op), errc::illegal_method_call);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(taken_in)

BOOST_FIXTURE_TEST_CASE(is_asked_until_it_has_ended, with_foreign) {
    asio::io_context context;
    const auto op = from_windows(context.get_executor(), info(), 1ms);
    BOOST_TEST((op.Status() == AsyncStatus::Started));
    object->end_at_poll(3, ::AsyncStatus::Completed);
    BOOST_TEST((end_of(op, context) == AsyncStatus::Completed));
    BOOST_TEST(record.polls == 4); // one of them in the call
}

BOOST_FIXTURE_TEST_CASE(is_asked_once_in_a_period, with_foreign) {
    asio::io_context context;
    const auto begin = std::chrono::steady_clock::now();
    object->end_at_poll(4, ::AsyncStatus::Completed);
    end_of(from_windows(context.get_executor(), info(), 20ms), context);
    BOOST_TEST((std::chrono::steady_clock::now() - begin >= 60ms));
}

BOOST_FIXTURE_TEST_CASE(is_never_asked_without_a_pause, with_foreign) {
    asio::io_context context;
    const auto op = from_windows(context.get_executor(), info(), 0ms);
    BOOST_TEST((op.Status() == AsyncStatus::Started));
    object->end_at_poll(2, ::AsyncStatus::Completed);
    BOOST_TEST((end_of(op, context) == AsyncStatus::Completed));
}

BOOST_FIXTURE_TEST_CASE(has_ended_at_once_if_the_object_has, with_foreign) {
    asio::io_context context;
    object->end(::AsyncStatus::Completed);
    BOOST_TEST(
        (from_windows(context.get_executor(), info(), 24h).Status() == AsyncStatus::Completed));
    BOOST_TEST((from_windows(context.get_executor(), object.get(), 24h).Status() ==
                AsyncStatus::Completed));
}

BOOST_FIXTURE_TEST_CASE(tells_by_its_completed, with_foreign) {
    running_context context;
    const auto op = from_windows(context.get_executor(), object.get(), 24h);
    BOOST_TEST((op.Status() == AsyncStatus::Started));
    BOOST_TEST(object->end(::AsyncStatus::Completed) == S_OK);
    BOOST_TEST((op.wait_for(long_enough) == AsyncStatus::Completed));
    BOOST_TEST(record.polls == 1);
}

BOOST_FIXTURE_TEST_CASE(is_asked_if_somebody_else_is_told, with_foreign) {
    asio::io_context context;
    object->takes_handlers = false;
    const auto op = from_windows(context.get_executor(), object.get(), 1ms);
    object->end_at_poll(3, ::AsyncStatus::Completed);
    BOOST_TEST((end_of(op, context) == AsyncStatus::Completed));
}

BOOST_FIXTURE_TEST_CASE(is_asked_if_it_forgets_whom_to_tell, with_foreign) {
    asio::io_context context;
    const auto op = from_windows(context.get_executor(), object.get(), 1ms);
    object->forget_handler();
    object->end_at_poll(3, ::AsyncStatus::Completed);
    BOOST_TEST((end_of(op, context) == AsyncStatus::Completed));
}

BOOST_FIXTURE_TEST_CASE(gives_its_status_and_code, with_foreign) {
    asio::io_context context;
    const auto of = [&](::AsyncStatus status, HRESULT code) {
        object->end(status, code);
        return from_windows(context.get_executor(), info());
    };
    const auto failed = of(::AsyncStatus::Error, from_win32(WSAECONNRESET));
    BOOST_TEST((failed.Status() == AsyncStatus::Error));
    BOOST_TEST(failed.ErrorCode() == asio::error::connection_reset);
    const auto canceled = of(::AsyncStatus::Canceled, S_OK);
    BOOST_TEST((canceled.Status() == AsyncStatus::Canceled));
    BOOST_TEST(canceled.ErrorCode() == asio::error::operation_aborted);
    // An error without a code is one.
    BOOST_TEST(of(::AsyncStatus::Error, S_OK).ErrorCode() == from_hresult(E_FAIL));
    // A method that fails is the error, too: that of an object that somebody has closed.
    object->answer = illegal_method_call;
    BOOST_TEST((of(::AsyncStatus::Completed, S_OK).ErrorCode() == errc::illegal_method_call));
}

BOOST_FIXTURE_TEST_CASE(is_cancelled, with_foreign) {
    asio::io_context context;
    object->ends_by_cancel = true;
    for (const bool told : {true, false}) {
        const owned<foreign_operation> another(new foreign_operation(record));
        another->ends_by_cancel = true;
        const auto op = told ? from_windows(context.get_executor(), another.get(), 24h)
                             : from_windows(context.get_executor(),
                                            static_cast<::IAsyncInfo*>(another.get()), 1ms);
        op.Cancel();
        BOOST_TEST((end_of(op, context) == AsyncStatus::Canceled));
        CHECK_THROWS_CODE(op.GetResults(), asio::error::operation_aborted);
    }
    BOOST_TEST(record.cancels == 2);
}

BOOST_FIXTURE_TEST_CASE(decides_whether_it_stops, with_foreign) {
    asio::io_context context;
    const auto op = from_windows(context.get_executor(), info(), 1ms);
    op.Cancel();
    BOOST_TEST((op.wait_for(context, 5ms) == AsyncStatus::Started));
    BOOST_TEST(record.cancels == 1);
    object->end(::AsyncStatus::Completed);
    BOOST_TEST((end_of(op, context) == AsyncStatus::Completed));
}

BOOST_FIXTURE_TEST_CASE(is_closed_at_its_end_and_given_back, with_foreign) {
    asio::io_context context;
    const auto one = from_windows(context.get_executor(), object.get());
    const auto other = from_windows(context.get_executor(), info(), 1ms);
    BOOST_TEST(record.closes == 0);
    object->end(::AsyncStatus::Completed);
    end_of(one, context);
    end_of(other, context);
    BOOST_TEST(record.closes == 2);
    object.reset();
    BOOST_TEST(record.objects == 0); // though there are handles
}

BOOST_FIXTURE_TEST_CASE(gives_its_result_before_it_is_closed, with_foreign) {
    asio::io_context context;
    const auto results = [](IForeignOperation& completed) {
        INT32 result = 0;
        BOOST_TEST(completed.GetResults(&result) == S_OK);
        return result;
    };
    const IAsyncOperation<INT32> op = from_windows(
        context.get_executor(), static_cast<IForeignOperation*>(object.get()), results);
    object->result = 42;
    object->end(::AsyncStatus::Completed);
    BOOST_TEST((end_of(op, context) == AsyncStatus::Completed));
    BOOST_TEST(op.GetResults() == 42);
    BOOST_TEST(record.closes == 1);

    const auto throws = from_windows(context.get_executor(), info(),
                                     [](::IAsyncInfo&) -> int { throw std::range_error("r"); });
    BOOST_TEST((end_of(throws, context) == AsyncStatus::Error));
    BOOST_CHECK_THROW(throws.GetResults(), std::range_error);
    BOOST_TEST(record.closes == 2);
}

BOOST_FIXTURE_TEST_CASE(is_called_on_the_executor_only, with_foreign) {
    std::optional<IAsyncAction> op;
    running_context context;
    asio::post(context, [&] { op = from_windows(context.get_executor(), info(), 1ms); });
    asio::post(context, asio::use_future).get();
    op->Cancel();
    asio::post(context, asio::use_future).get(); // the request has arrived
    object->end(::AsyncStatus::Completed);
    BOOST_TEST((op->wait_for(long_enough) == AsyncStatus::Completed));
    BOOST_TEST(record.cancels == 1);
    BOOST_TEST_REQUIRE(record.threads.size() == 1u);
    BOOST_TEST(context.runs_on(*record.threads.begin()));
}

BOOST_FIXTURE_TEST_CASE(is_an_object_with_async_info, with_foreign) {
    asio::io_context context;
    CHECK_THROWS_CODE(from_windows(context.get_executor(), static_cast<::IAsyncInfo*>(nullptr)),
                      errc::empty_handle);
    const owned<foreign_operation> other(new foreign_operation(record, false));
    const auto op = from_windows(context.get_executor(), other.get());
    BOOST_TEST(op.ErrorCode() == from_hresult(E_NOINTERFACE));
}

BOOST_FIXTURE_TEST_CASE(is_left_alone_if_the_context_is_destroyed, with_foreign) {
    IAsyncAction told, asked;
    {
        asio::io_context context;
        told = from_windows(context.get_executor(), object.get(), 24h);
        asked = from_windows(context.get_executor(), info(), 24h);
    }
    BOOST_TEST((told.ErrorCode() == errc::abandoned));
    BOOST_TEST((asked.ErrorCode() == errc::abandoned));
    BOOST_TEST(record.cancels == 0);
    BOOST_TEST(record.closes == 0);
    object->end(::AsyncStatus::Completed); // tells nobody
}

BOOST_FIXTURE_TEST_CASE(hears_no_exception, with_foreign) {
    asio::io_context context;
    const auto op = from_windows(context.get_executor(), object.get(), 24h);
    op.Completed([](auto&, AsyncStatus) { throw std::range_error("r"); });
    HRESULT told = S_OK;
    // On the executor's thread, where the operation ends in the call.
    asio::post(context, [&] { told = object->end(::AsyncStatus::Completed); });
    context.run();
    BOOST_TEST((op.Status() == AsyncStatus::Completed));
    BOOST_TEST(told == E_FAIL);
}

BOOST_AUTO_TEST_CASE(can_be_one_of_ours) {
    asio::io_context context;
    asio::steady_timer timer(context, asio::steady_timer::time_point::max());
    const auto inner = timer.async_wait(use_async_info);
    const auto outer = from_windows(context.get_executor(), to_windows(inner).get(), 1ms);
    outer.Cancel();
    BOOST_TEST((outer.wait_for(context, long_enough) == AsyncStatus::Canceled));
    CHECK_THROWS_CODE(inner.Status(), errc::illegal_method_call); // closed, as any object is
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE_END()

} // namespace asyncinfo_test::windows_test
