// FakeXenstore: its thread, which alone uses the sockets.
#include <array>
#include <cerrno>
#include <poll.h>
#include <pthread.h>
#include <sys/socket.h>
#include <utility>

#include "core/clock.h"
#include "fake_xenstore.h"

namespace virtscope::test {
namespace {

constexpr std::size_t queue_max = 1U << 20;  // bytes of events a client leaves unread

}  // namespace

std::chrono::nanoseconds FakeXenstore::cpu() const {
    clockid_t clock{};
    auto& thread = const_cast<std::thread&>(thread_);  // NOLINT: native_handle() is not const
    if (::pthread_getcpuclockid(thread.native_handle(), &clock) != 0) return {};
    return std::chrono::nanoseconds(clock_ns(clock));
}

void FakeXenstore::serve() {
    while (!ending_) {
        int timeout = -1;
        {
            const std::lock_guard lock(mutex_);
            if (storm_rate_ != 0) timeout = 1;
        }
        turn(timeout);
    }
}

void FakeXenstore::turn(int timeout_ms) {
    std::vector<pollfd> watched{{bell_.get(), POLLIN, 0}};
    {
        const std::lock_guard lock(mutex_);
        watched.push_back({listener_.get(), POLLIN, 0});
        for (const auto& client : clients_) {
            const bool full = !client->out.empty() && !hanging_;
            watched.push_back({client->fd.get(), static_cast<short>(full ? POLLIN | POLLOUT : POLLIN), 0});
        }
    }
    if (::poll(watched.data(), watched.size(), timeout_ms) < 0) return;
    std::uint64_t rings = 0;
    if (watched[0].revents != 0) (void)!::read(bell_.get(), &rings, sizeof rings);
    const std::lock_guard lock(mutex_);
    if (storm_rate_ != 0) blow();
    for (std::size_t i = 0; i < clients_.size(); ++i) {
        Client& client = *clients_[i];
        if (watched[i + 2].revents != 0) receive(client);
        if (hanging_) continue;
        answer(client);
        send(client);
    }
    std::erase_if(clients_, [](const auto& client) { return client->closed; });
    // Only this thread closes what it polls.
    if (stopped_ || next_listener_) listener_ = std::move(next_listener_);
    if (listener_) accept();
}

void FakeXenstore::accept() {
    Fd fd(::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
    if (!fd) return;
    ++connections_;
    clients_.push_back(std::make_unique<Client>());
    clients_.back()->fd = std::move(fd);
}

void FakeXenstore::receive(Client& client) {
    std::array<char, 65536> chunk{};
    const ssize_t got = ::recv(client.fd.get(), chunk.data(), chunk.size(), 0);
    if (got > 0) client.in.append(chunk.data(), static_cast<std::size_t>(got));
    if (got == 0 || (got < 0 && errno != EAGAIN)) client.closed = true;
}

void FakeXenstore::blow() {
    const auto passed = static_cast<double>(clock_ns(CLOCK_MONOTONIC) - storm_began_) / 1e9;
    const auto due = static_cast<std::uint64_t>(passed * static_cast<double>(storm_rate_));
    for (; blown_ < due; ++blown_) {
        for (const auto& client : clients_) {
            if (client->out.size() < queue_max) fire(*client, storm_path_, false);
        }
    }
}

void FakeXenstore::send(Client& client) {
    std::size_t sent = 0;
    while (sent < client.out.size()) {
        const ssize_t now = ::send(client.fd.get(), client.out.data() + sent, client.out.size() - sent, MSG_NOSIGNAL);
        if (now <= 0) break;
        sent += static_cast<std::size_t>(now);
    }
    client.out.erase(0, sent);
}

void FakeXenstore::wake() const {
    const std::uint64_t ring = 1;
    (void)!::write(bell_.get(), &ring, sizeof ring);  // it is full only when it rings anyway
}

}  // namespace virtscope::test
