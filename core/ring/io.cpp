#include "core/ring/io.h"

#include <algorithm>
#include <array>
#include <cerrno>

#include <sys/uio.h>
#include <unistd.h>

namespace virtscope::ring {

std::size_t read_some(int fd, std::uint64_t offset, std::span<std::byte> to) {
    std::size_t done = 0;
    errno = 0;
    while (done < to.size()) {
        const ssize_t n = ::pread(fd, to.data() + done, to.size() - done, static_cast<off_t>(offset + done));
        if (n < 0 && errno == EINTR) {
            errno = 0;
            continue;
        }
        if (n <= 0) break;
        done += static_cast<std::size_t>(n);
    }
    return done;
}

bool write_at(int fd, std::uint64_t offset, std::span<const std::byte> from) {
    while (!from.empty()) {
        const ssize_t n = ::pwrite(fd, from.data(), from.size(), static_cast<off_t>(offset));
        if (n < 0 && errno == EINTR) continue;
        if (n == 0) errno = ENOSPC;
        if (n <= 0) return false;
        from = from.subspan(static_cast<std::size_t>(n));
        offset += static_cast<std::uint64_t>(n);
    }
    return true;
}

bool write_at(int fd, std::uint64_t offset, std::span<const std::span<const std::byte>> pieces) {
    std::array<iovec, 8> vectors{};
    std::size_t count = 0;
    std::size_t size = 0;
    for (const auto piece : pieces.first(std::min(pieces.size(), vectors.size()))) {
        // pwritev() only reads what it is given.
        vectors[count++] = {.iov_base = const_cast<std::byte*>(piece.data()), .iov_len = piece.size()};  // NOLINT
        size += piece.size();
    }
    const ssize_t n = ::pwritev(fd, vectors.data(), static_cast<int>(count), static_cast<off_t>(offset));
    if (n == static_cast<ssize_t>(size)) return true;
    if (n < 0 && errno != EINTR) return false;
    // Cut short: once more, a piece at a time.
    return std::ranges::all_of(pieces, [&](const auto piece) {
        const bool written = write_at(fd, offset, piece);
        offset += piece.size();
        return written;
    });
}

}  // namespace virtscope::ring
