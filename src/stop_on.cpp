//
// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0
//
#include <asyncinfo/stop_on.hpp>

#if defined(ASYNCINFO_HAS_STOP_TOKEN)

#include <asyncinfo/detail/base/memory_for.hpp>
#include <asyncinfo/detail/block/observer.hpp>

#include <memory>
#include <stop_token>
#include <utility>

namespace asyncinfo::detail {
namespace {

/// The stop token's callback, destroyed when the operation has ended. Its destructor waits for a
/// call that runs on another thread: that is in Cancel, and never for long.
class stop_link final : public observer {
public:
    stop_link(const operation_ptr& operation, std::stop_token&& token,
              boost::asio::cancellation_type_t types)
        : observer(rank::submitted), operation_(operation), types_(types),
          callback_(std::move(token), request{this}) {}
    ~stop_link() override = default;

    static void set(const operation_ptr& operation, std::stop_token&& token,
                    boost::asio::cancellation_type_t types) {
        // The callback may run in the constructor, and the operation end, before the link observes
        // the operation.
        memory_for<stop_link> memory;
        owner made(
            memory.keep(::new (memory.place()) stop_link(operation, std::move(token), types)));
        if (operation->observe(*made))
            static_cast<void>(made.release()); // it may be gone already
    }

    void ended() noexcept override { destroy()(this); }

private:
    struct destroy {
        void operator()(stop_link* gone) const noexcept { memory_for<stop_link>::destroy(gone); }
    };
    using owner = std::unique_ptr<stop_link, destroy>;

    struct request {
        stop_link* self;
        void operator()() const noexcept {
            // If the operation ends in `cancel`, the link and this callback in it are destroyed.
            const operation_ptr operation = self->operation_;
            operation->cancel(self->types_, cancel_source::stop_token);
        }
    };

    const operation_ptr operation_;
    const boost::asio::cancellation_type_t types_;
    std::stop_callback<request> callback_;
};

} // namespace

void stop_on(const operation_ptr& operation, std::stop_token token,
             boost::asio::cancellation_type_t types) {
    if (!token.stop_possible())
        return;
    if (token.stop_requested())
        operation->cancel(types, cancel_source::stop_token);
    else
        stop_link::set(operation, std::move(token), types);
}

} // namespace asyncinfo::detail

#endif
