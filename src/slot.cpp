//
// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0
//
#include <asyncinfo/detail/block/slot.hpp>

#include <asyncinfo/detail/asio/cancellation_handler.hpp>

#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/cancellation_state.hpp>

#include <cstddef>
#include <typeinfo>
#include <utility>

namespace asyncinfo::detail {

// Without RTTI nobody can tell what kind of handler stands in a signal.
#if defined(ASYNCINFO_USE_ASIO_INTERNALS) && !defined(BOOST_NO_RTTI)

namespace {

namespace asio = boost::asio;

/// The type of the handler that an `asio::cancellation_state` with this filter places.
template <typename Filter>
const std::type_info& type_of_state() {
    asio::cancellation_signal signal;
    const asio::cancellation_state state(signal.slot(), Filter());
    const asio_cancellation_handler& placed = *handler_in(signal);
    return typeid(placed);
}

/// As `kind_of`, for a handler whose static type is not known. The first cancellation state of an
/// operation and one set by a reset have one type. It counts as the first, which must receive the
/// request.
handler_kind::type kind_of_placed(const asio_cancellation_handler& handler) noexcept {
    try {
        static const std::type_info& partial = type_of_state<asio::enable_partial_cancellation>();
        static const std::type_info& terminal = type_of_state<asio::enable_terminal_cancellation>();
        static const std::type_info& total = type_of_state<asio::enable_total_cancellation>();
        const std::type_info& type = typeid(handler);
        return type == partial    ? handler_kind::read_state
               : type == terminal ? handler_kind::initial_state
               : type == total    ? handler_kind::other_state
                                  : handler_kind::plain;
    } catch (...) {
        return handler_kind::foreign;
    }
}

} // namespace

/// Takes the place of a handler in the signal, and so is called when that handler is to be
/// destroyed.
class cancellation_place::adopted final : public asio_cancellation_handler {
public:
    adopted(cancellation_place& place, asio_cancellation_handler& handler) noexcept
        : place_(place), handler_(handler) {}

    void operator()(asio::cancellation_type_t type) { handler_.call(type); }

    void call(asio::cancellation_type_t type) override { handler_.call(type); }

    std::pair<void*, std::size_t> destroy() noexcept override {
        place_.methods_ = nullptr;
        return handler_.destroy();
    }

private:
    cancellation_place& place_;
    asio_cancellation_handler& handler_;
};

void cancellation_place::adopt() noexcept {
    static_assert(fits<adopted>);
    asio_cancellation_handler*& placed = handler_in(signal_);
    const auto kind = kind_of_placed(*placed);
    placed = ::new (static_cast<void*>(storage_)) adopted(*this, *placed);
    methods_ = &methods_of<adopted>;
    has(kind, delivered_ == 0, follows_as_reset(kind));
}

#else

/// A newly placed handler cannot be noticed here: each delivery calls the handler then in the
/// signal.
void cancellation_place::adopt() noexcept {
    static constexpr methods emitting{
        [](cancellation_place& self, boost::asio::cancellation_type_t type) {
            self.methods_ = nullptr;
            self.signal_.emit(type);
        },
        nullptr, false};
    methods_ = &emitting;
    kind_ = handler_kind::foreign;
    due_ = false;
}

#endif

} // namespace asyncinfo::detail
