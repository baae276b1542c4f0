// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#include "support/test.hpp"

/// `op.Completed({this, &App::on_done})`, and what becomes of the object meanwhile.
namespace asyncinfo_test::handlers_are_members_of_objects_test {
namespace {

class app : public std::enable_shared_from_this<app> {
public:
    explicit app(std::vector<int>& seen) : seen_(seen) {}
    app(const app&) = delete;
    app& operator=(const app&) = delete;

    void watch(const IAsyncOperation<int>& op) { op.Completed({this, &app::on_done}); }
    void watch_strongly(const IAsyncOperation<int>& op) {
        op.Completed({shared_from_this(), &app::on_done});
    }
    void watch_weakly(const IAsyncOperation<int>& op) {
        op.Completed({weak_from_this(), &app::on_done});
    }
    void watch_all(const IAsyncOperationWithProgress<int, double>& op) {
        op.Progress({weak_from_this(), &app::on_progress});
        op.Completed({weak_from_this(), [this](const auto& sender, AsyncStatus) {
                          seen_.push_back(sender.GetResults());
                      }});
    }
    void watch(const IAsyncAction& op) { op.Completed({this, &app::on_action}); }
    void watch(const IAsyncActionWithProgress<double>& op) { op.Progress({this, &app::on_step}); }

private:
    void on_done(const IAsyncOperation<int>& sender, AsyncStatus status) {
        BOOST_TEST((status == sender.Status()));
        seen_.push_back(sender.GetResults());
    }
    void on_progress(const IAsyncOperationWithProgress<int, double>&, double done) {
        seen_.push_back(int(done));
    }
    void on_action(const IAsyncAction&, AsyncStatus) const { seen_.push_back(0); }
    void on_step(const IAsyncActionWithProgress<double>&, const double& done) noexcept {
        seen_.push_back(int(done));
    }

    std::vector<int>& seen_;
};

} // namespace

BOOST_AUTO_TEST_SUITE(handlers_are_members_of_objects)

BOOST_AUTO_TEST_CASE(by_a_pointer) {
    std::vector<int> seen;
    app object(seen);
    const async_source<int> source;
    object.watch(source.operation());
    BOOST_TEST(seen.empty());
    source.set_value(7);

    const async_source<> action;
    action.set_value();
    object.watch(action.operation()); // late, and a const member
    const async_source<void, double> steps;
    object.watch(steps.operation());
    steps.report(3);
    BOOST_TEST(seen == std::vector({7, 0, 3}), per_element());
}

BOOST_AUTO_TEST_CASE(a_shared_ptr_keeps_the_object_until_the_call) {
    std::vector<int> seen;
    auto object = std::make_shared<app>(seen);
    const std::weak_ptr<app> watched = object;
    const async_source<int> source;
    object->watch_strongly(source.operation());
    object.reset();
    BOOST_TEST(!watched.expired());
    source.set_value(7);
    BOOST_TEST(seen == std::vector{7}, per_element());
    BOOST_TEST(watched.expired());
}

BOOST_AUTO_TEST_CASE(a_weak_ptr_calls_as_long_as_there_is_an_object) {
    std::vector<int> seen;
    const auto object = std::make_shared<app>(seen);
    const async_source<int> source;
    object->watch_weakly(source.operation());
    const async_source<int, double> steps;
    object->watch_all(steps.operation());
    BOOST_TEST(object.use_count() == 1);
    source.set_value(7);
    steps.report(3);
    steps.set_value(9);
    BOOST_TEST(seen == std::vector({7, 3, 9}), per_element());
}

BOOST_AUTO_TEST_CASE(a_weak_ptr_skips_the_call_when_the_object_is_gone) {
    std::vector<int> seen;
    auto object = std::make_shared<app>(seen);
    const async_source<int> source;
    object->watch_weakly(source.operation());
    const async_source<int, double> steps;
    object->watch_all(steps.operation());
    object.reset();
    source.set_value(7);
    steps.report(3);
    steps.set_value(9);
    BOOST_TEST(seen.empty());
    BOOST_TEST((steps.operation().Status() == AsyncStatus::Completed));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace asyncinfo_test::handlers_are_members_of_objects_test
