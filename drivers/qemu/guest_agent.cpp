#include "drivers/qemu/guest_agent.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <utility>
#include <poll.h>
#include <sys/random.h>
#include <sys/socket.h>

namespace virtscope::qemu {
namespace {

using Clock = GuestAgent::Clock;

constexpr int max_others = 64;  // delimited replies to earlier clients; more are made up
constexpr char delimiter = '\xff';  // no byte of UTF-8: a reply cannot hold it

Clock::time_point within_patience(Clock::time_point deadline) {
    return std::min(deadline, Clock::now() + GuestAgent::patience);
}

// Until the socket is ready for `events`, or it is late.
Result<> wait_for(const Fd& socket, short events, Clock::time_point deadline) {
    for (;;) {
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now()).count();
        if (left <= 0) {
            return fail(ErrorKind::timeout, "guest agent: no answer in time (does qemu-guest-agent run in the guest?)");
        }
        pollfd ready{socket.get(), events, 0};
        const int count = ::poll(&ready, 1, static_cast<int>(std::min<decltype(left)>(left, 60'000)));
        if (count > 0) return {};
        if (count < 0 && errno != EINTR) return fail_errno(errno, "guest agent: poll");
    }
}

// Not to be guessed by a guest that would answer before it is asked.
Result<std::int64_t> random_id() {
    std::uint64_t id = 0;
    if (::getrandom(&id, sizeof id, 0) != sizeof id) return fail_errno(errno, "guest agent: random number");
    return static_cast<std::int64_t>(id >> 11);  // 53 bits, exact in every JSON parser
}

std::string request(std::string_view command, std::string_view arguments) {
    if (arguments.empty()) return fmt::format("{{\"execute\":\"{}\"}}\n", command);
    return fmt::format("{{\"execute\":\"{}\",\"arguments\":{}}}\n", command, arguments);
}

}  // namespace

std::unexpected<Error> GuestAgent::drop(Error error) {
    socket_ = Fd();
    buffer_.clear();
    return std::unexpected(std::move(error));
}

Result<> GuestAgent::send(std::string_view bytes, Clock::time_point deadline) {
    if (!socket_) return fail(ErrorKind::absent, "guest agent: the conversation is over");
    received_ = 0;
    while (!bytes.empty()) {
        const ssize_t sent = ::send(socket_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
        if (sent >= 0) {
            bytes.remove_prefix(static_cast<std::size_t>(sent));
        } else if (errno == EAGAIN) {
            if (const auto ready = wait_for(socket_, POLLOUT, deadline); !ready) return ready;
        } else if (errno != EINTR) {
            return fail_errno(errno, "guest agent: send");
        }
    }
    return {};
}

// Some more bytes into the buffer, at most what one question may cost.
Result<> GuestAgent::receive(Clock::time_point deadline) {
    for (;;) {
        if (received_ > max_agent_reply) {
            return fail(ErrorKind::malformed, "guest agent: its reply is longer than {} bytes", max_agent_reply);
        }
        if (const auto ready = wait_for(socket_, POLLIN, deadline); !ready) return ready;
        std::array<char, 16384> piece{};
        const ssize_t size = ::recv(socket_.get(), piece.data(), piece.size(), MSG_DONTWAIT);
        if (size == 0) return fail(ErrorKind::absent, "guest agent: the guest hung up");
        if (size > 0) {
            buffer_.append(piece.data(), static_cast<std::size_t>(size));
            received_ += static_cast<std::size_t>(size);
            return {};
        }
        if (errno != EAGAIN && errno != EINTR) return fail_errno(errno, "guest agent: receive");
    }
}

Result<std::string> GuestAgent::line(Clock::time_point deadline) {
    std::size_t searched = 0;
    for (;;) {
        const std::size_t end = buffer_.find('\n', searched);
        if (end != std::string::npos) {
            std::string found = buffer_.substr(0, end);
            buffer_.erase(0, end + 1);
            return found;
        }
        searched = buffer_.size();
        if (const auto more = receive(deadline); !more) return std::unexpected(more.error());
    }
}

// Everything before the delimiter was meant for somebody else, as is a delimited reply with another id.
Result<> GuestAgent::sync(Clock::time_point deadline) {
    const auto id = random_id();
    if (!id) return std::unexpected(id.error());
    const std::string question = delimiter + request("guest-sync-delimited", fmt::format("{{\"id\":{}}}", *id));
    if (const auto sent = send(question, deadline); !sent) return sent;
    for (int others = 0; others < max_others;) {
        const std::size_t start = buffer_.find(delimiter);
        buffer_.erase(0, start == std::string::npos ? start : start + 1);
        if (start == std::string::npos) {
            if (const auto more = receive(deadline); !more) return more;
            continue;
        }
        const auto text = line(deadline);
        if (!text) return std::unexpected(text.error());
        // Cut off by the next delimiter: that one counts.
        const auto reply = parse_agent_reply(std::string_view(*text).substr(text->rfind(delimiter) + 1));
        const auto answered = reply ? reply->count("return") : std::nullopt;
        if (answered && std::cmp_equal(*answered, *id)) return {};
        ++others;
    }
    return fail(ErrorKind::malformed, "guest agent: it answers what nobody asked");
}

Result<GuestAgent> GuestAgent::start(Fd socket, Clock::time_point deadline) {
    GuestAgent agent(std::move(socket));
    if (const auto synced = agent.sync(within_patience(deadline)); !synced) return std::unexpected(synced.error());
    return agent;
}

// "return" or "error" of the next line.
Result<AgentValue> GuestAgent::reply(Clock::time_point deadline) {
    const auto text = line(deadline);
    if (!text) return drop(text.error());
    auto whole = parse_agent_reply(*text);
    if (!whole) return drop(whole.error());
    if (const AgentValue* returned = whole->find("return")) return *returned;
    const AgentValue* error = whole->find("error");
    if (error == nullptr || !error->is_object()) {
        return drop({ErrorKind::malformed, "guest agent: its reply is neither a result nor an error"});
    }
    const std::string why = error->text("desc");
    return fail(ErrorKind::unsupported, "guest agent: refused: {}", why.empty() ? "it does not say why" : why);
}

Result<> GuestAgent::put(std::string_view command, std::string_view arguments, Clock::time_point deadline) {
    if (!buffer_.empty()) return drop({ErrorKind::malformed, "guest agent: it sent what nobody asked for"});
    if (const auto sent = send(request(command, arguments), deadline); !sent) return drop(sent.error());
    return {};
}

Result<AgentValue> GuestAgent::ask(std::string_view command, std::string_view arguments, Clock::time_point deadline) {
    deadline = within_patience(deadline);
    if (const auto asked = put(command, arguments, deadline); !asked) return std::unexpected(asked.error());
    return reply(deadline);
}

Result<> GuestAgent::tell(std::string_view command, std::string_view arguments, Clock::time_point deadline) {
    deadline = within_patience(deadline);
    if (const auto asked = put(command, arguments, deadline); !asked) return asked;
    const auto answer = reply(deadline);
    if (answer) return {};
    const ErrorKind kind = answer.error().kind;
    if (kind == ErrorKind::timeout || kind == ErrorKind::absent) return {};
    return std::unexpected(answer.error());
}

}  // namespace virtscope::qemu
