//
// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0
//
#ifndef ASYNCINFO_DETAIL_COROUTINE_COROUTINE_OPERATION_HPP
#define ASYNCINFO_DETAIL_COROUTINE_COROUTINE_OPERATION_HPP

#include <asyncinfo/detail/base/config.hpp>
#include <asyncinfo/detail/coroutine/coroutine_base.hpp>

#include <boost/asio/any_io_executor.hpp>

#include <algorithm>
#include <atomic>
#include <coroutine>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>
#include <source_location>
#include <type_traits>
#include <utility>

namespace asyncinfo::detail {

/// A coroutine's operation. It stands in front of the frame, in the same block of memory, and
/// outlives the frame.
template <typename T, typename P, typename Allocator>
class coroutine_operation final : public block_t<T, P>, public coroutine_base {
    static constexpr std::size_t alignment =
        (std::max)({std::size_t{__STDCPP_DEFAULT_NEW_ALIGNMENT__}, alignof(block_t<T, P>),
                    alignof(coroutine_base)});
    /// Unit of allocation, aligned as the result may require.
    struct alignas(alignment) unit {
        unsigned char bytes[alignment];
    };
    using traits = typename std::allocator_traits<Allocator>::template rebind_traits<unit>;
    using unit_allocator = typename traits::allocator_type;

    static constexpr std::size_t units_of(std::size_t size) noexcept {
        return (size + sizeof(unit) - 1) / sizeof(unit);
    }

public:
    /// Allocates the block with the operation in it, and returns the memory for the frame.
    static void* create(std::size_t frame_size, const Allocator& given) {
        unit_allocator allocator(given);
        const std::size_t frame_alignment = alignment_of(frame_size);
        const std::size_t own = units_of(sizeof(coroutine_operation));
        const std::size_t units = own + units_of(frame_size + frame_alignment - alignment);
        auto* const memory = std::to_address(traits::allocate(allocator, units));
        const auto start = reinterpret_cast<std::uintptr_t>(memory + own);
        const std::size_t shift = units_of((~start + 1) & (frame_alignment - 1));
        ::new (static_cast<void*>(memory + shift)) coroutine_operation(allocator, units, shift);
        return memory + shift + own;
    }

    /// Not inlined: clang's sanitizer of object sizes takes a promise that is being made for an object
    /// on the stack, and the block in front of it for one that is not there.
    ASYNCINFO_NOINLINE static coroutine_operation& in_front_of(void* frame) noexcept {
        return *std::launder(reinterpret_cast<coroutine_operation*>(
            static_cast<unit*>(frame) - units_of(sizeof(coroutine_operation))));
    }

    /// Called when the frame's memory is not needed any more. If no handle was handed out, the
    /// whole block is freed.
    void frame_is_gone() noexcept {
        if (!handed_out_)
            free_memory();
    }

    operation_ptr hand_out(std::coroutine_handle<> frame,
                           const std::source_location& where) noexcept {
        handed_out_ = true;
        set_frame(frame);
        this->track([&] {
            return operation_description{.origin = operation_origin::coroutine,
                                         .name = {},
                                         .what_text = where.function_name(),
                                         .kind = kind(),
                                         .file = where.file_name(),
                                         .line = where.line(),
                                         .context = has_executor() ? &context() : nullptr};
        });
        return operation_ptr(this, false);
    }

private:
    coroutine_operation(const unit_allocator& allocator, std::size_t units,
                        std::size_t shift) noexcept
        : block_t<T, P>(held_executor::whole, true),
          coroutine_base(static_cast<operation_base&>(*this)), units_(units),
          shift_(static_cast<unsigned char>(shift)), allocator_(allocator) {}

    /// The alignment that a frame may need. Compilers ask for memory by size only. With g++ the
    /// size is a multiple of the alignment; with other compilers it says nothing about that.
    static constexpr std::size_t alignment_of(std::size_t frame_size) noexcept {
        constexpr std::size_t most = 64; // a line of the cache, a vector
#if defined(__GNUC__) && !defined(__clang__)
        return (std::max)(alignment, (std::min)(most, frame_size & (~frame_size + 1)));
#else
        static_cast<void>(frame_size);
        return (std::max)(alignment, most);
#endif
    }

    void publish(bool has_left) override {
        if (has_left)
            this->held().store(held_executor::plain, std::memory_order_release);
        block_t<T, P>::end();
    }

    void destroy_block() noexcept override { free_memory(); }

    void free_memory() noexcept {
        unit_allocator allocator(allocator_);
        const std::size_t units = units_;
        auto* const memory = reinterpret_cast<unit*>(this) - shift_;
        std::destroy_at(this);
        traits::deallocate(allocator, memory, units);
    }

    boost::typeindex::type_index kind() const noexcept override {
        return boost::typeindex::type_id<operation_kind<T, P>>();
    }
    void destroy() noexcept override {
        // Where no result, error or value of progress is destroyed, nothing nests.
        if (block_t<T, P>::stays && std::is_void_v<P> && !this->has_failed())
            free_memory();
        else
            destroy_later();
    }
    void submit(operation_base::delivery&& request) override { submit_request(std::move(request)); }
    boost::asio::any_io_executor own_executor(const any_executor_maker&) override {
        return any_executor();
    }
    void give_back_executor() noexcept override { drop_executor(); }
    bool runs_here() const noexcept override { return coroutine_base::runs_here(); }
    void requested(bool delivered) override { coroutine_base::requested(delivered); }
    void latched() noexcept override { coroutine_base::latched(); }
    context_dependent* own_dependent(context_life& life) noexcept override {
        return hold_if_watched(life);
    }

    const std::size_t units_;
    const unsigned char shift_; ///< in units, from the beginning of the memory
    bool handed_out_ = false;
    ASYNCINFO_NO_UNIQUE_ADDRESS unit_allocator allocator_;
};

} // namespace asyncinfo::detail

#endif // ASYNCINFO_DETAIL_COROUTINE_COROUTINE_OPERATION_HPP
