// Whole reads and writes: a call that was interrupted or did a part is gone on with.
#pragma once

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <span>

namespace virtscope::ring {

// A system call, again as long as a signal interrupts it.
auto uninterrupted(auto call) {
    auto result = call();
    while (result == -1 && errno == EINTR) result = call();
    return result;
}

// Reads until `to` is full, the file ends or an error comes; returns the bytes read. errno is 0 unless an error came.
std::size_t read_some(int fd, std::uint64_t offset, std::span<std::byte> to);
// False: an error (errno).
bool write_at(int fd, std::uint64_t offset, std::span<const std::byte> from);
// The pieces one behind the other.
bool write_at(int fd, std::uint64_t offset, std::span<const std::span<const std::byte>> pieces);

}  // namespace virtscope::ring
