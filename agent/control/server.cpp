#include "agent/control/server.h"

#include <array>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstring>

#include <poll.h>
#include <spdlog/spdlog.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

namespace virtscope::control {
namespace {

using Clock = std::chrono::steady_clock;
constexpr std::size_t most_connections = 64;
constexpr auto patience = std::chrono::seconds(5);  // for sending the order, and for taking each answer
constexpr auto farewell = std::chrono::seconds(3);  // for orders under way when the agent stops

bool wait_for(int fd, int stop, short events, Clock::time_point until) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - Clock::now()).count();
    std::array<pollfd, 2> both{pollfd{fd, events, 0}, pollfd{stop, POLLIN, 0}};
    if (left <= 0 || ::poll(both.data(), both.size(), static_cast<int>(left)) <= 0) return false;
    return both[1].revents == 0;
}

// Errors: malformed (no line within 5 MiB), timeout.
Result<std::string> read_line(int fd, int stop) {
    const auto until = Clock::now() + patience;
    std::string line;
    std::vector<char> piece(65536);
    for (;;) {
        if (!wait_for(fd, stop, POLLIN, until)) return fail(ErrorKind::timeout, "no order came within 5 s");
        const ssize_t got = ::recv(fd, piece.data(), piece.size(), MSG_DONTWAIT);
        if (got < 0 && (errno == EINTR || errno == EAGAIN)) continue;
        if (got <= 0) return fail(ErrorKind::malformed, "the connection ended before the order did");
        const std::string_view fresh(piece.data(), static_cast<std::size_t>(got));
        const std::size_t end = fresh.find('\n');
        line.append(fresh.substr(0, end));
        if (line.size() > longest_line) return fail(ErrorKind::malformed, "the order is longer than 5 MiB");
        if (end != std::string_view::npos) return line;
    }
}

// A client that does not take it within `patience` is given up; its order goes on.
bool send_line(int fd, std::string line) {
    const auto until = Clock::now() + patience;
    line += '\n';
    for (std::string_view rest = line; !rest.empty();) {
        const ssize_t sent = ::send(fd, rest.data(), rest.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
        if (sent > 0) {
            rest.remove_prefix(static_cast<std::size_t>(sent));
        } else {
            const bool later = sent < 0 && (errno == EAGAIN || errno == EINTR);
            if (!later || !wait_for(fd, -1, POLLOUT, until)) return false;
        }
    }
    return true;
}

// To the client, at most every 200 ms.
class ProgressToClient : public Progress {
public:
    explicit ProgressToClient(int fd) : fd_(fd) {}
    void at(std::uint64_t done, std::uint64_t total) override {
        const auto now = Clock::now();
        if (gone_ || now < next_) return;
        next_ = now + std::chrono::milliseconds(200);
        gone_ = !send_line(fd_, progress_line(done, total));
    }

private:
    int fd_;
    bool gone_ = false;
    Clock::time_point next_{};
};

Reply answer(int fd, int stop, Desk& desk) {
    const auto failed = [](Outcome outcome, const Error& error) { return Reply{outcome, {}, error.message, {}, {}, {}}; };
    const auto peer = peer_of(fd);
    if (!peer) return failed(Outcome::denied, peer.error());
    const auto line = read_line(fd, stop);
    if (!line) return failed(Outcome::usage, line.error());
    const auto wish = parse_wish(*line);
    if (!wish) return failed(Outcome::usage, wish.error());
    ProgressToClient progress(fd);
    return desk.handle(*wish, *peer, progress);
}

sockaddr_un address_of(const std::string& path) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::memcpy(address.sun_path, path.data(), path.size());
    return address;
}

// Removes a socket nobody listens at.
Result<> clear(const std::string& path, const sockaddr_un& address) {
    struct stat is{};
    if (::lstat(path.c_str(), &is) != 0) return {};
    if (!S_ISSOCK(is.st_mode)) return fail(ErrorKind::busy, "{}: is no socket; name another with --control", path);
    const Fd probe(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    if (!probe) return fail_errno(errno, "{}: cannot tell whether another agent listens there", path);
    const int connected = ::connect(probe.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address);
    if (connected == 0 || errno != ECONNREFUSED) {
        return fail(ErrorKind::busy, "{}: another agent listens there; name another with --control", path);
    }
    if (::unlink(path.c_str()) != 0) return fail_errno(errno, "{}: cannot replace the socket", path);
    return {};
}

Result<Fd> listen_at(const std::string& path, std::optional<gid_t> group) {
    if (path.size() >= sizeof(sockaddr_un{}.sun_path)) {
        return fail(ErrorKind::malformed, "{}: longer than a socket's path may be; name another with --control", path);
    }
    const sockaddr_un address = address_of(path);
    const auto cleared = clear(path, address);
    if (!cleared) return std::unexpected(cleared.error());
    Fd fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    // Nobody can connect before listen(), and by then the mode is right.
    if (!fd || ::bind(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
        return fail_errno(errno, "{}: cannot make the control socket", path);
    }
    const bool given = group && ::chown(path.c_str(), static_cast<uid_t>(-1), *group) == 0;
    if (::chmod(path.c_str(), given ? 0660 : 0600) != 0 || ::listen(fd.get(), 128) != 0) {
        return fail_errno(errno, "{}: cannot make the control socket", path);
    }
    return fd;
}

}  // namespace

// One client. Its thread holds it, so that an order may outlive the server.
struct Server::Connection {
    Connection(Fd client, std::shared_ptr<const Fd> stopped, std::shared_ptr<Desk> orders)
        : fd(std::move(client)), stop(std::move(stopped)), desk(std::move(orders)) {}
    void serve() {
        (void)send_line(fd.get(), reply_line(answer(fd.get(), stop->get(), *desk)));
        ::shutdown(fd.get(), SHUT_RDWR);
        ended = true;
    }

    Fd fd;
    std::shared_ptr<const Fd> stop;
    std::shared_ptr<Desk> desk;
    std::atomic<bool> ended = false;
};

Result<std::unique_ptr<Server>> Server::open(const std::string& path, std::optional<gid_t> group,
                                             std::shared_ptr<Desk> desk) {
    auto listener = listen_at(path, group);
    if (!listener) return std::unexpected(listener.error());
    Fd stop(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
    if (!stop) return fail_errno(errno, "eventfd");
    return std::unique_ptr<Server>(new Server(path, std::move(*listener), std::move(stop), std::move(desk)));
}

Server::Server(std::string path, Fd listener, Fd stop, std::shared_ptr<Desk> desk)
    : path_(std::move(path)),
      listener_(std::move(listener)),
      stop_(std::make_shared<const Fd>(std::move(stop))),
      desk_(std::move(desk)) {
    // Signals are the main thread's; a thread inherits the mask of the one that makes it.
    sigset_t all;
    sigset_t before;
    ::sigfillset(&all);
    ::pthread_sigmask(SIG_SETMASK, &all, &before);
    thread_ = std::thread([this] { accept_all(); });
    ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

Server::~Server() {
    ::eventfd_write(stop_->get(), 1);
    thread_.join();
    ::unlink(path_.c_str());
    const auto until = Clock::now() + farewell;
    for (drop_ended(); !lines_.empty() && Clock::now() < until; drop_ended()) {
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    leave_unended();
}

// A driver may take an hour; whoever stops the agent does not wait that long, nor does the service manager.
void Server::leave_unended() {
    if (lines_.empty()) return;
    spdlog::warn("{} orders are still under way; the next agent calls them unknown, unless they end before this one does",
                 lines_.size());
    for (Line& line : lines_) line.thread.detach();
}

void Server::accept_all() {
    for (;;) {
        std::array<pollfd, 2> both{pollfd{listener_.get(), POLLIN, 0}, pollfd{stop_->get(), POLLIN, 0}};
        // Woken now and then for the connections that have ended meanwhile.
        ::poll(both.data(), both.size(), lines_.empty() ? -1 : 1000);
        if (both[1].revents != 0) return;
        drop_ended();
        if (both[0].revents != 0) accept_one();
    }
}

void Server::accept_one() {
    Fd client(::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
    if (!client) {
        // Out of descriptors, say: the connection stays in the queue and poll() would spin.
        if (errno != EAGAIN && errno != ECONNABORTED) std::this_thread::sleep_for(std::chrono::milliseconds(100));
        return;
    }
    if (lines_.size() >= most_connections) {
        const std::string line =
            reply_line({Outcome::busy, {}, "the agent has 64 connections already; try again later", {}, {}, {}}) + "\n";
        (void)::send(client.get(), line.data(), line.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
        return;
    }
    try {
        const auto connection = std::make_shared<Connection>(std::move(client), stop_, desk_);
        lines_.push_back({connection, std::thread([connection] { connection->serve(); })});
    } catch (const std::system_error& error) {
        spdlog::error("control socket: cannot start a thread: {}", error.what());
    }
}

void Server::drop_ended() {
    lines_.remove_if([](Line& line) {
        if (!line.connection->ended) return false;
        line.thread.join();
        return true;
    });
}

}  // namespace virtscope::control
