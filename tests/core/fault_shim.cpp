// Preloaded into a child (LD_PRELOAD): counts the calls of one kind and makes one of them, or a train of them, go
// wrong. Told by the environment:
//
//   VIRTSCOPE_FAULT_KIND  name of the call: pwrite, pwritev, pread, fsync, mmap, posix_fallocate, ftruncate, rename,
//                         fstat, stat, open (fdatasync counts as fsync, fallocate as posix_fallocate)
//   VIRTSCOPE_FAULT_N     which call of that kind, from 1
//   VIRTSCOPE_FAULT_HOW   an errno as a number: that call fails with it
//                         an errno and "+": that call and all after it fail with it
//                         "short": that pread, pwrite or pwritev does half of its bytes
//                         "train": from that call on, every second one fails with EINTR
//   VIRTSCOPE_FAULT_FD    a descriptor to which one byte is written when a fault happens
//
// Memory allocation and the dynamic loader call past the names that are replaced here: only what the program itself
// does is counted.
#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstdarg>
#include <cstdlib>
#include <cstring>
#include <string_view>
#include <vector>

#include <dlfcn.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

namespace {

enum class How { nothing, error, half, train, lasting };

struct Plan {
    std::string_view kind;
    long n = 0;
    How how = How::nothing;
    int code = 0;
    int tell = -1;
};

const char* setting(const char* name) {
    const char* const value = std::getenv(name);
    return value == nullptr ? "" : value;
}

Plan read_plan() {
    const std::string_view how = setting("VIRTSCOPE_FAULT_HOW");
    Plan plan;
    plan.kind = setting("VIRTSCOPE_FAULT_KIND");
    plan.n = std::atol(setting("VIRTSCOPE_FAULT_N"));
    plan.tell = std::atoi(setting("VIRTSCOPE_FAULT_FD"));
    plan.code = how == "train" ? EINTR : std::atoi(setting("VIRTSCOPE_FAULT_HOW"));
    plan.how = how == "short" ? How::half : how == "train" ? How::train : how.ends_with('+') ? How::lasting : How::error;
    return plan;
}

const Plan& plan() {
    static const Plan read = read_plan();
    return read;
}

// What is to happen to this call.
How due(std::string_view kind) {
    static std::atomic<long> calls = 0;
    if (kind != plan().kind) return How::nothing;
    const long call = ++calls;
    const long past = call - plan().n;
    const bool again = plan().how == How::lasting || (plan().how == How::train && past % 2 == 0);
    if (past < 0 || (past > 0 && !again)) return How::nothing;
    if (past == 0 && plan().tell > 0) (void)!::write(plan().tell, "!", 1);
    return plan().how == How::half ? How::half : How::error;
}

bool fails(std::string_view kind) {
    if (due(kind) != How::error) return false;
    errno = plan().code;
    return true;
}

template <class F>
F* next(const char* name) {
    return reinterpret_cast<F*>(::dlsym(RTLD_NEXT, name));
}

// How many bytes to ask for; less than 0: fail.
ssize_t allowed(std::string_view kind, std::size_t size) {
    const How how = due(kind);
    if (how == How::error) errno = plan().code;
    if (how == How::error) return -1;
    return static_cast<ssize_t>(how == How::half ? (size + 1) / 2 : size);
}

ssize_t write_pieces(int fd, const iovec* pieces, int count, off_t offset) {
    std::size_t size = 0;
    for (int i = 0; i < count; ++i) size += pieces[i].iov_len;
    auto left = allowed("pwritev", size);
    if (left < 0) return -1;
    std::vector<iovec> some(pieces, pieces + count);
    for (iovec& piece : some) {
        piece.iov_len = std::min(piece.iov_len, static_cast<std::size_t>(left));
        left -= static_cast<ssize_t>(piece.iov_len);
    }
    static auto* const real = next<ssize_t(int, const iovec*, int, off_t)>("pwritev");
    return real(fd, some.data(), count, offset);
}

}  // namespace

extern "C" {

ssize_t pread(int fd, void* to, std::size_t size, off_t offset) {
    static auto* const real = next<ssize_t(int, void*, std::size_t, off_t)>("pread");
    const ssize_t some = allowed("pread", size);
    return some < 0 ? -1 : real(fd, to, static_cast<std::size_t>(some), offset);
}

// What _FORTIFY_SOURCE makes of pread().
ssize_t __pread_chk(int fd, void* to, std::size_t size, off_t offset, std::size_t room);
ssize_t __pread_chk(int fd, void* to, std::size_t size, off_t offset, std::size_t room) {
    if (size > room) std::abort();
    return pread(fd, to, size, offset);
}

ssize_t pwrite(int fd, const void* from, std::size_t size, off_t offset) {
    static auto* const real = next<ssize_t(int, const void*, std::size_t, off_t)>("pwrite");
    const ssize_t some = allowed("pwrite", size);
    return some < 0 ? -1 : real(fd, from, static_cast<std::size_t>(some), offset);
}

ssize_t pwritev(int fd, const iovec* pieces, int count, off_t offset) { return write_pieces(fd, pieces, count, offset); }

int fsync(int fd) {
    static auto* const real = next<int(int)>("fsync");
    return fails("fsync") ? -1 : real(fd);
}

int fdatasync(int fd) {
    static auto* const real = next<int(int)>("fdatasync");
    return fails("fsync") ? -1 : real(fd);
}

void* mmap(void* at, std::size_t size, int protection, int flags, int fd, off_t offset) noexcept {
    static auto* const real = next<void*(void*, std::size_t, int, int, int, off_t)>("mmap");
    return fails("mmap") ? MAP_FAILED : real(at, size, protection, flags, fd, offset);
}

int posix_fallocate(int fd, off_t offset, off_t size) {
    static auto* const real = next<int(int, off_t, off_t)>("posix_fallocate");
    return fails("posix_fallocate") ? plan().code : real(fd, offset, size);
}

int fallocate(int fd, int mode, off_t offset, off_t size) {
    static auto* const real = next<int(int, int, off_t, off_t)>("fallocate");
    return fails("posix_fallocate") ? -1 : real(fd, mode, offset, size);
}

int ftruncate(int fd, off_t size) noexcept {
    static auto* const real = next<int(int, off_t)>("ftruncate");
    return fails("ftruncate") ? -1 : real(fd, size);
}

int rename(const char* from, const char* to) noexcept {
    static auto* const real = next<int(const char*, const char*)>("rename");
    return fails("rename") ? -1 : real(from, to);
}

int fstat(int fd, struct stat* status) noexcept {
    static auto* const real = next<int(int, struct stat*)>("fstat");
    return fails("fstat") ? -1 : real(fd, status);
}

int stat(const char* path, struct stat* status) noexcept {
    static auto* const real = next<int(const char*, struct stat*)>("stat");
    return fails("stat") ? -1 : real(path, status);
}

int open(const char* path, int flags, ...) {
    static auto* const real = next<int(const char*, int, ...)>("open");
    std::va_list rest;
    va_start(rest, flags);
    const auto mode = (flags & (O_CREAT | O_TMPFILE)) != 0 ? va_arg(rest, mode_t) : 0;
    va_end(rest);
    return fails("open") ? -1 : real(path, flags, mode);
}

int __open_2(const char* path, int flags);
int __open_2(const char* path, int flags) { return open(path, flags); }

}  // extern "C"
