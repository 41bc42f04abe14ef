#include "exporters/rrd/daemon.h"

#include <array>
#include <cerrno>
#include <charconv>
#include <cstring>

#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>

#include "core/text.h"

namespace virtscope::exporters::rrd {
namespace {

// A disk that is busy makes rrdcached slow, not dead.
constexpr timeval patience{.tv_sec = 20, .tv_usec = 0};
constexpr std::size_t most_lines = 1'000'000;

Fd unix_socket() {
    Fd made(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    if (made) {
        ::setsockopt(made.get(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
        ::setsockopt(made.get(), SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
    }
    return made;
}

// A socket's time limit is told as if it had been asked not to block.
std::unexpected<Error> failed(int code, const std::string& what) {
    if (code == EAGAIN || code == EWOULDBLOCK)
        return fail(ErrorKind::timeout, "{}: no answer within {} s", what, patience.tv_sec);
    return fail_errno(code, "{}", what);
}

}  // namespace

Result<Daemon> Daemon::at(const std::string& address) {
    const std::string path = address.starts_with("unix:") ? address.substr(5) : address;
    // rrdcached has neither authentication nor encryption: whoever reaches it over a network may write every RRD.
    if (!path.starts_with('/'))
        return fail(ErrorKind::malformed, "'{}': must be a unix socket, as unix:/run/rrdcached.sock",
                    printable(address, 120));
    if (path.size() >= sizeof(sockaddr_un::sun_path))
        return fail(ErrorKind::malformed, "'{}': longer than {} bytes", printable(path, 120),
                    sizeof(sockaddr_un::sun_path) - 1);
    return Daemon(path);
}

std::string Daemon::quoted(const std::string& path) {
    std::string text;
    for (const char c : path) {
        if (c == ' ' || c == '\\' || c == '"') text += '\\';
        text += c;
    }
    return text;
}

void Daemon::disconnect() {
    socket_ = Fd();
    received_.clear();
    taken_ = 0;
}

Error Daemon::lost(Error error) {
    disconnect();
    return error;
}

Result<> Daemon::connect() {
    if (socket_) return {};
    Fd made = unix_socket();
    if (!made) return fail_errno(errno, "socket");
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::memcpy(address.sun_path, path_.data(), path_.size());
    if (::connect(made.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
        return failed(errno, fmt::format("rrdcached at {}: connect", path_));
    socket_ = std::move(made);
    return {};
}

Result<> Daemon::send(std::string_view text) {
    while (!text.empty()) {
        const ssize_t sent = ::send(socket_.get(), text.data(), text.size(), MSG_NOSIGNAL);
        if (sent < 0 && errno == EINTR) continue;
        if (sent < 0) return failed(errno, fmt::format("rrdcached at {}: send", path_));
        text.remove_prefix(static_cast<std::size_t>(sent));
    }
    return {};
}

Result<std::string> Daemon::line() {
    for (;;) {
        if (const std::size_t end = received_.find('\n', taken_); end != std::string::npos) {
            std::string text = received_.substr(taken_, end - taken_);
            taken_ = end + 1;
            return text;
        }
        received_.erase(0, taken_);
        taken_ = 0;
        if (received_.size() > longest_command * 4)
            return fail(ErrorKind::malformed, "rrdcached at {}: an endless line", path_);
        std::array<char, 16384> bytes{};
        const ssize_t got = ::recv(socket_.get(), bytes.data(), bytes.size(), 0);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return failed(errno, fmt::format("rrdcached at {}: receive", path_));
        if (got == 0) return fail(ErrorKind::absent, "rrdcached at {}: has gone", path_);
        received_.append(bytes.data(), static_cast<std::size_t>(got));
    }
}

Result<Reply> Daemon::reply() {
    const auto first = line();
    if (!first) return std::unexpected(first.error());
    Reply reply;
    const char* const end = first->data() + first->size();
    const auto [after, code] = std::from_chars(first->data(), end, reply.code);
    if (code != std::errc() || reply.code > static_cast<int>(most_lines))
        return fail(ErrorKind::malformed, "rrdcached at {}: answers '{}'", path_, printable(*first, 120));
    reply.message.assign(after < end && *after == ' ' ? after + 1 : after, end);
    for (int i = 0; i < reply.code; ++i) {
        auto next = line();
        if (!next) return std::unexpected(next.error());
        reply.lines.push_back(std::move(*next));
    }
    return reply;
}

Result<Reply> Daemon::ask(const std::string& command) {
    if (command.size() >= longest_command) return fail(ErrorKind::malformed, "a command of {} bytes", command.size());
    if (auto done = connect(); !done) return std::unexpected(done.error());
    if (auto done = send(command + "\n"); !done) return std::unexpected(lost(done.error()));
    auto answer = reply();
    if (!answer) return std::unexpected(lost(answer.error()));
    return answer;
}

Result<std::vector<std::string>> Daemon::batch(std::string_view commands) {
    const auto ready = ask("BATCH");
    if (!ready) return std::unexpected(ready.error());
    if (ready->code < 0)
        return std::unexpected(lost({ErrorKind::unsupported, "rrdcached: BATCH: " + printable(ready->message, 200)}));
    if (auto done = send(commands); !done) return std::unexpected(lost(done.error()));
    if (auto done = send(".\n"); !done) return std::unexpected(lost(done.error()));
    auto answer = reply();
    if (!answer) return std::unexpected(lost(answer.error()));
    return std::move(answer->lines);
}

}  // namespace virtscope::exporters::rrd
