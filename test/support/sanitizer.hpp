// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#ifndef ASYNCINFO_TEST_SUPPORT_SANITIZER_HPP
#define ASYNCINFO_TEST_SUPPORT_SANITIZER_HPP

#if defined(__SANITIZE_ADDRESS__)
#define ASYNCINFO_TEST_ASAN
#elif defined(__SANITIZE_THREAD__)
#define ASYNCINFO_TEST_TSAN
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define ASYNCINFO_TEST_ASAN
#elif __has_feature(thread_sanitizer)
#define ASYNCINFO_TEST_TSAN
#endif
#endif

namespace asyncinfo_test {

#if defined(ASYNCINFO_TEST_ASAN) || defined(ASYNCINFO_TEST_TSAN)
inline constexpr bool sanitized = true;
#else
inline constexpr bool sanitized = false;
#endif

/// How long a chain is whose end must not go down, or up, the stack. A sanitizer makes each level
/// larger, and much slower: with a tenth of them the stack would overflow as well.
template <typename Count>
constexpr Count chain_length(Count elsewhere) {
    return sanitized ? elsewhere / 10 : elsewhere;
}

} // namespace asyncinfo_test

#endif // ASYNCINFO_TEST_SUPPORT_SANITIZER_HPP
