#include "drivers/xen/lifecycle_process.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <utility>

#include "core/text.h"
#include "core/write_all.h"
#include "drivers/spawn.h"

namespace virtscope::xen {
namespace {

using Steady = std::chrono::steady_clock;

constexpr std::size_t longest_line = std::size_t{16} << 20;  // a definition of 4 MiB, all of it escaped, has room
constexpr std::size_t most_complaints = 4096;

// In memory, so that a program which does not read it holds up nobody.
Result<Fd> as_file(const std::string& text) {
    Fd file(::memfd_create("order", MFD_CLOEXEC));
    if (!file) return fail_errno(errno, "memory for an order");
    if (auto written = write_all(file.get(), text, "an order"); !written) return std::unexpected(written.error());
    if (::lseek(file.get(), 0, SEEK_SET) != 0) return fail_errno(errno, "rewind an order");
    return file;
}

struct Ends {
    Fd ours, theirs;
};
Result<Ends> pipe_of() {
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) return fail_errno(errno, "pipe");
    Ends made{Fd(ends[0]), Fd(ends[1])};
    if (::fcntl(made.ours.get(), F_SETFL, O_NONBLOCK) != 0) return fail_errno(errno, "pipe");
    return made;
}

// Milliseconds for poll(); it is called again if that was not enough.
int until(HelperProcess::Deadline deadline) {
    if (!deadline) return -1;
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(*deadline - Steady::now()).count();
    return static_cast<int>(std::clamp<std::int64_t>(left, 0, 60'000));
}

bool has_passed(HelperProcess::Deadline deadline) { return deadline && Steady::now() >= *deadline; }

}  // namespace

Result<HelperProcess> HelperProcess::start(const std::string& path, const std::string& input) {
    auto in = as_file(input);
    if (!in) return std::unexpected(in.error());
    auto out = pipe_of();
    if (!out) return std::unexpected(out.error());
    auto err = pipe_of();
    if (!err) return std::unexpected(err.error());
    const auto pid = spawn(path, {path}, own_environment(), {in->get(), out->theirs.get(), err->theirs.get()});
    if (!pid) return std::unexpected(pid.error());
    HelperProcess made;
    made.pid_ = *pid;
    made.process_ = Fd(static_cast<int>(::syscall(SYS_pidfd_open, *pid, 0)));
    made.out_ = std::move(out->ours);
    made.err_ = std::move(err->ours);
    return made;
}

HelperProcess::HelperProcess(HelperProcess&& other) noexcept
    : pid_(std::exchange(other.pid_, -1)),
      process_(std::move(other.process_)),
      out_(std::move(other.out_)),
      err_(std::move(other.err_)),
      said_(std::move(other.said_)),
      complaints_(std::move(other.complaints_)) {}

HelperProcess::~HelperProcess() {
    if (pid_ > 0) ended(Steady::now());
}

bool HelperProcess::take(Fd& from, std::string& into, std::size_t limit) const {
    std::array<char, 16384> block{};
    for (;;) {
        const ssize_t got = ::read(from.get(), block.data(), block.size());
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return errno == EAGAIN;
        if (got == 0) return false;
        into.append(block.data(), std::min(static_cast<std::size_t>(got), limit - std::min(limit, into.size())));
        if (into.size() >= limit) return true;
    }
}

bool HelperProcess::wait_for_more(Deadline deadline) {
    std::array watched{pollfd{out_.get(), POLLIN, 0}, pollfd{err_.get(), POLLIN, 0}, pollfd{process_.get(), POLLIN, 0}};
    if (::poll(watched.data(), watched.size(), until(deadline)) <= 0) return !has_passed(deadline);
    if (watched[1].revents != 0 && !take(err_, complaints_, most_complaints)) err_ = Fd();
    // Who has ended says nothing more, though a child of its may still hold the pipe.
    const bool over = watched[2].revents != 0;
    if ((watched[0].revents != 0 || over) && (!take(out_, said_, longest_line) || over)) out_ = Fd();
    return true;
}

Result<std::optional<std::string>> HelperProcess::line(Deadline deadline) {
    for (;;) {
        if (const std::size_t end = said_.find('\n'); end != std::string::npos) {
            std::string found = said_.substr(0, end);
            said_.erase(0, end + 1);
            return found;
        }
        if (said_.size() >= longest_line) return fail(ErrorKind::malformed, "virtscope-libxl talks without an end");
        if (!out_) return std::optional<std::string>();
        if (!wait_for_more(deadline)) return fail(ErrorKind::timeout, "was not accepted in time");
    }
}

int HelperProcess::ended(Steady::time_point deadline) {
    out_ = Fd();  // nobody listens any more: it cannot be held up
    for (bool over = false; !over && !has_passed(deadline) && process_;) {
        std::array watched{pollfd{err_.get(), POLLIN, 0}, pollfd{process_.get(), POLLIN, 0}};
        if (::poll(watched.data(), watched.size(), until(deadline)) <= 0) continue;
        over = watched[1].revents != 0;
        if (watched[0].revents != 0 && !take(err_, complaints_, most_complaints)) err_ = Fd();
    }
    pollfd watched{process_.get(), POLLIN, 0};
    if (::poll(&watched, 1, 0) != 1) ::kill(pid_, SIGKILL);
    int status = 0;
    while (::waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
    }
    pid_ = -1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

}  // namespace virtscope::xen
