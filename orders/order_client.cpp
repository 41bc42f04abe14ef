#include "orders/order_client.h"

#include <algorithm>
#include <cerrno>
#include <cstring>

#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "core/fd.h"
#include "core/text.h"

namespace virtscope {
namespace {

using control::Outcome;
using control::Reply;
using Clock = std::chrono::steady_clock;
using Deadline = std::optional<Clock::time_point>;

Reply without_answer(Outcome outcome, std::string error) { return {.outcome = outcome, .error = std::move(error)}; }

Reply agent_gone() {
    return without_answer(Outcome::unknown,
                          "the agent went away without an answer: look at the guest before trying again");
}

Reply no_agent(const std::string& path, int code) {
    const std::string shown = printable(path);
    if (code == EACCES || code == EPERM) {
        return without_answer(Outcome::denied, fmt::format("{}: no right to talk to the agent; run it as root or as a member of "
                                                           "[control] group in virtscoped's configuration (default: "
                                                           "virtscope-admin)",
                                                           shown));
    }
    if (code == ENOENT || code == ECONNREFUSED || code == ENOTSOCK) {
        return without_answer(Outcome::no_agent, fmt::format("no agent at {}: is virtscoped running?", shown));
    }
    return without_answer(Outcome::no_agent, fmt::format("no agent at {}: {}", shown, std::strerror(code)));
}

// Of a connected socket, or the errno that kept it from being one.
Fd connect_to(const std::string& path, int& code) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (path.size() >= sizeof address.sun_path) {
        code = ENAMETOOLONG;
        return {};
    }
    std::ranges::copy(path, address.sun_path);
    Fd fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    if (fd && ::connect(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0) return fd;
    code = errno;
    return {};
}

// False when the deadline is over first.
bool ready(int fd, short events, const Deadline& deadline) {
    for (;;) {
        int patience = -1;
        if (deadline) {
            const auto left = std::chrono::ceil<std::chrono::milliseconds>(*deadline - Clock::now());
            patience = static_cast<int>(std::clamp<std::int64_t>(left.count(), 0, 1'000'000'000));
        }
        pollfd poll_fd{.fd = fd, .events = events, .revents = 0};
        const int count = ::poll(&poll_fd, 1, patience);
        if (count > 0) return true;
        if (count == 0) return false;
        if (errno != EINTR) return true;  // the call that follows says what it is
    }
}

std::optional<Reply> send_all(int fd, std::string_view bytes, const Deadline& deadline) {
    while (!bytes.empty()) {
        if (!ready(fd, POLLOUT, deadline)) return without_answer(Outcome::timed_out, "the agent takes no order");
        const ssize_t sent = ::send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
        if (sent > 0) {
            bytes.remove_prefix(static_cast<std::size_t>(sent));
        } else if (sent == 0 || (errno != EINTR && errno != EAGAIN)) {
            return std::nullopt;  // refused before it was read: the reason may be waiting to be read
        }
    }
    return std::nullopt;
}

// Lines as they come; what is left of the last read waits here.
class Lines {
public:
    explicit Lines(int fd) : fd_(fd) {}

    enum class Got { line, end, timeout };
    Got next(std::string& line, const Deadline& deadline) {
        for (std::size_t searched = 0;;) {
            if (const auto end = buffer_.find('\n', searched); end != std::string::npos) {
                line = buffer_.substr(0, end);
                buffer_.erase(0, end + 1);
                return Got::line;
            }
            searched = buffer_.size();
            if (searched > control::longest_line) return Got::end;
            if (!ready(fd_, POLLIN, deadline)) return Got::timeout;
            char chunk[16384];
            const ssize_t count = ::recv(fd_, chunk, sizeof chunk, 0);
            if (count > 0) {
                buffer_.append(chunk, static_cast<std::size_t>(count));
            } else if (count == 0 || errno != EINTR) {
                return Got::end;
            }
        }
    }

private:
    int fd_;
    std::string buffer_;
};

Reply read_answer(int fd, const Deadline& deadline, const OnProgress& on_progress) {
    Lines lines(fd);
    for (std::string line;;) {
        switch (lines.next(line, deadline)) {
            case Lines::Got::timeout:
                return without_answer(Outcome::timed_out,
                                      "no answer from the agent in time; whether it is done is not known");
            case Lines::Got::end: return agent_gone();
            case Lines::Got::line: break;
        }
        if (const auto progress = control::parse_progress(line)) {
            on_progress(*progress);
            continue;
        }
        auto reply = control::parse_reply(line);
        if (reply) return std::move(*reply);
        return without_answer(Outcome::unknown, reply.error().message);
    }
}

}  // namespace

Reply send_order(const std::string& socket, const control::Wish& wish, std::optional<std::chrono::milliseconds> limit,
                 const OnProgress& on_progress) {
    int code = 0;
    const Fd fd = connect_to(socket, code);
    if (!fd) return no_agent(socket, code);
    Deadline deadline;
    if (limit) deadline = Clock::now() + *limit;
    if (auto failed = send_all(fd.get(), control::wish_line(wish) + '\n', deadline)) return std::move(*failed);
    return read_answer(fd.get(), deadline, on_progress);
}

}  // namespace virtscope
