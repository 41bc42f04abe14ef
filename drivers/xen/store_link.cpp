#include "drivers/xen/store_link.h"

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <unistd.h>
#include <utility>

#include "core/clock.h"
#include "core/text.h"

namespace virtscope::xen {
namespace {

constexpr const char* token = "virtscope";

struct Free {
    void operator()(void* memory) const { std::free(memory); }  // NOLINT(cppcoreguidelines-no-malloc): the library's malloc
};
template <class T>
using Freed = std::unique_ptr<T, Free>;

struct Timed {
    explicit Timed(std::atomic<std::int64_t>& a_since) : since(a_since) { since = clock_ns(CLOCK_MONOTONIC); }
    ~Timed() { since = 0; }
    Timed(const Timed&) = delete;
    Timed& operator=(const Timed&) = delete;
    std::atomic<std::int64_t>& since;
};

}  // namespace

StoreLink::StoreLink(const StoreLibrary& library, std::shared_ptr<Asking> asking, XsHandle* handle)
    : library_(&library), asking_(std::move(asking)), handle_(handle, Closer{&library}),
      answered_at_(clock_ns(CLOCK_MONOTONIC)) {}

Result<StoreLink> StoreLink::open(const StoreLibrary& library, std::shared_ptr<Asking> asking) {
    XsHandle* handle = nullptr;
    int code = 0;
    {
        const Timed timed(asking->since);
        handle = library.xs_open(0);
        code = errno;
    }
    if (handle != nullptr) return StoreLink(library, std::move(asking), handle);
    // The library tries /dev/xen/xenbus last, so what it reports is about that.
    const char* const path = library.xs_daemon_socket();
    const std::string socket = path != nullptr ? path : "/run/xenstored/socket";
    if (::access(socket.c_str(), R_OK | W_OK) != 0) code = errno;
    return fail_errno(code, "xenstored does not answer at {} (see systemctl status xenstored)", printable(socket));
}

// Calls the library once; what it returns, and `broken_` where that was because the connection is gone.
template <class Call>
auto StoreLink::ask(Call call) {
    using Value = decltype(call(handle_.get()));
    if (is_broken()) return Value{};
    Value value{};
    int code = 0;
    {
        const Timed timed(asking_->since);
        errno = 0;
        value = call(handle_.get());
        code = errno;
    }
    answered_at_ = clock_ns(CLOCK_MONOTONIC);
    if (!value) judge(code);
    return value;
}

// The library does not tell a refusal from a broken connection: EINVAL is both. A connection that broke is closed, which
// the next question finds.
void StoreLink::judge(int code) {
    error_ = code;
    if (code == ENOENT || code == EACCES) return;
    const Timed timed(asking_->since);
    unsigned length = 0;
    errno = 0;
    const Freed<void> value(library_->xs_read(handle_.get(), 0, "/", &length));
    broken_ = value == nullptr && errno != ENOENT && errno != EACCES;
}

std::optional<std::string> StoreLink::read(const std::string& path) {
    unsigned length = 0;
    const Freed<void> value(ask([&](XsHandle* handle) { return library_->xs_read(handle, 0, path.c_str(), &length); }));
    if (!value) return std::nullopt;
    return std::string(static_cast<const char*>(value.get()), length);
}

std::vector<std::string> StoreLink::list(const std::string& path) {
    unsigned count = 0;
    const Freed<char*> names(
        ask([&](XsHandle* handle) { return library_->xs_directory(handle, 0, path.c_str(), &count); }));
    if (!names) return {};
    return {names.get(), names.get() + count};
}

bool StoreLink::watch(const std::string& path) {
    const bool set = ask([&](XsHandle* handle) { return library_->xs_watch(handle, path.c_str(), token); });
    return set || (!is_broken() && error_ == EEXIST);  // it is there already
}

void StoreLink::unwatch(const std::string& path) {
    (void)ask([&](XsHandle* handle) { return library_->xs_unwatch(handle, path.c_str(), token); });
}

std::string StoreLink::error_text() const { return std::strerror(error_); }

void StoreLink::probe() { (void)read("/"); }

std::optional<std::string> StoreLink::next_event() {
    if (is_broken()) return std::nullopt;
    errno = 0;
    const Freed<char*> event(library_->xs_check_watch(handle_.get()));
    if (event) return std::string(event.get()[0]);
    broken_ = errno != EAGAIN;
    return std::nullopt;
}

}  // namespace virtscope::xen
