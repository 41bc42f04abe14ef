#include "top/terminal/outlet.h"

#include <algorithm>
#include <cerrno>
#include <ctime>

#include <poll.h>
#include <sys/ioctl.h>
#include <unistd.h>

namespace virtscope::top {
namespace {

std::int64_t now_ms() noexcept {
    timespec now{};
    ::clock_gettime(CLOCK_MONOTONIC, &now);
    return static_cast<std::int64_t>(now.tv_sec) * 1000 + now.tv_nsec / 1'000'000;
}

void set_nonblocking(int fd, int on) noexcept { ::ioctl(fd, FIONBIO, &on); }

}  // namespace

Written write_without_waiting(int fd, std::string_view bytes, std::chrono::milliseconds most) noexcept {
    const std::int64_t end = now_ms() + most.count();
    Written written;
    set_nonblocking(fd, 1);
    while (written.bytes < bytes.size()) {
        const auto got = ::write(fd, bytes.data() + written.bytes, bytes.size() - written.bytes);
        if (got >= 0) {
            written.bytes += static_cast<std::size_t>(got);
            continue;
        }
        if (errno == EINTR) continue;
        written.is_gone = errno != EAGAIN;
        const std::int64_t left = end - now_ms();
        if (written.is_gone || left <= 0) break;
        pollfd room{fd, POLLOUT, 0};
        const int ready = ::poll(&room, 1, static_cast<int>(left));
        written.is_gone = ready > 0 && (room.revents & (POLLERR | POLLHUP)) != 0;
        if (written.is_gone) break;
    }
    set_nonblocking(fd, 0);
    return written;
}

Typed read_without_waiting(int fd, std::span<char> buffer) noexcept {
    set_nonblocking(fd, 1);
    const auto got = ::read(fd, buffer.data(), buffer.size());
    const bool is_later = got < 0 && (errno == EAGAIN || errno == EINTR);
    set_nonblocking(fd, 0);
    if (got > 0) return {{buffer.data(), static_cast<std::size_t>(got)}};
    return {{}, !is_later};
}

void Outlet::put(std::string_view bytes) {
    bytes_.erase(0, at_);
    at_ = 0;
    bytes_ += bytes;
}

bool Outlet::pump() {
    if (is_empty()) return true;
    const Written written = write_without_waiting(fd_, std::string_view(bytes_).substr(at_), {});
    at_ += written.bytes;
    return !written.is_gone;
}

void Outlet::finish(std::string_view bytes, std::chrono::milliseconds most) {
    bytes_.clear();
    at_ = 0;
    (void)write_without_waiting(fd_, bytes, most);  // whoever does not read now never will
}

}  // namespace virtscope::top
