// Counts every operator new of this test executable; not where a sanitizer has its own (`counts_allocations`).
#pragma once

#include <cstddef>

namespace virtscope::test {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define VIRTSCOPE_SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define VIRTSCOPE_SANITIZED 1
#endif
#endif

#ifdef VIRTSCOPE_SANITIZED
inline constexpr bool counts_allocations = false;
#else
inline constexpr bool counts_allocations = true;
#endif

std::size_t allocations();

}  // namespace virtscope::test
