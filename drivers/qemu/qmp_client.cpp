#include "drivers/qemu/qmp_client.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <poll.h>
#include <sys/socket.h>
#include <thread>

#include "core/text.h"

namespace virtscope::qemu {
namespace {

using namespace std::chrono_literals;
using SteadyClock = std::chrono::steady_clock;

constexpr std::size_t max_events = 256;
constexpr std::size_t read_bytes = 65536;
constexpr auto connect_again = 20ms;

int milliseconds_until(QmpClient::Deadline deadline) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - SteadyClock::now()).count();
    return static_cast<int>(std::clamp<std::int64_t>(left, 0, 3'600'000));
}

std::unexpected<Error> refusal(std::string_view command, const Json& error) {
    const std::string kind = text_at(error, "class");
    const std::string why = printable(text_at(error, "desc"));
    if (kind == "CommandNotFound") return fail(ErrorKind::unsupported, "this QEMU does not know {}", command);
    if (kind == "DeviceNotFound") return fail(ErrorKind::absent, "{}: {}", command, why);
    if (kind == "DeviceNotActive") return fail(ErrorKind::unsupported, "{}: {}", command, why);
    return fail(ErrorKind::busy, "{}: QEMU refuses: {}", command, why);
}

// Text of ours may hold what is not UTF-8 (a path): it is replaced, not thrown at us.
std::string dump(const Json& value) { return value.dump(-1, ' ', false, Json::error_handler_t::replace); }

}  // namespace

const Json& member(const Json& object, const char* key) {
    static const Json none;
    if (!object.is_object()) return none;
    const auto found = object.find(key);
    return found != object.end() ? *found : none;
}

std::string text_at(const Json& object, const char* key) {
    const Json& value = member(object, key);
    return value.is_string() ? value.get<std::string>() : std::string();
}

Result<QmpClient> QmpClient::connect(const Endpoint& endpoint, const Process& process, Deadline deadline) {
    if (endpoint.kind == Endpoint::Kind::none) return fail(ErrorKind::unsupported, "{}", endpoint.note);
    for (;;) {
        auto socket = connect_endpoint(endpoint, process);
        if (socket) return over(std::move(*socket), deadline);
        // The queue is full: whoever had the monitor before us may just be leaving.
        if (socket.error().kind != ErrorKind::busy) return std::unexpected(socket.error());
        if (SteadyClock::now() + connect_again > deadline) {
            return fail(ErrorKind::timeout, "monitor: in use by another client");
        }
        std::this_thread::sleep_for(connect_again);
    }
}

Result<QmpClient> QmpClient::over(Fd socket, Deadline deadline) {
    QmpClient client(std::move(socket));
    if (auto greeted = client.greet(deadline); !greeted) return std::unexpected(greeted.error());
    return client;
}

Result<> QmpClient::greet(Deadline deadline) {
    auto greeting = receive(deadline);
    if (!greeting) {
        if (greeting.error().kind != ErrorKind::timeout) return std::unexpected(greeting.error());
        return fail(ErrorKind::timeout, "monitor: does not greet: another client has it, or the guest's process hangs");
    }
    if (!member(*greeting, "QMP").is_object()) {
        return fail(ErrorKind::malformed, "monitor: does not greet as QMP does");
    }
    if (auto ready = ask("qmp_capabilities", deadline); !ready) return std::unexpected(ready.error());
    return {};
}

Result<> QmpClient::wait(short what, Deadline deadline) {
    for (;;) {
        pollfd watched{socket_.get(), what, 0};
        const int found = ::poll(&watched, 1, milliseconds_until(deadline));
        if (found > 0) return {};
        if (found < 0 && errno != EINTR) return fail_errno(errno, "monitor: poll");
        if (found == 0 && SteadyClock::now() >= deadline) return fail(ErrorKind::timeout, "monitor: does not answer");
    }
}

// `fd` >= 0 goes along with the first byte.
Result<> QmpClient::send(std::string_view text, int fd, Deadline deadline) {
    while (!text.empty()) {
        if (auto writable = wait(POLLOUT, deadline); !writable) return writable;
        iovec part{const_cast<char*>(text.data()), text.size()};  // sendmsg does not write there
        msghdr message{};
        message.msg_iov = &part;
        message.msg_iovlen = 1;
        alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(int))> control{};
        if (fd >= 0) {
            message.msg_control = control.data();
            message.msg_controllen = control.size();
            cmsghdr* header = CMSG_FIRSTHDR(&message);
            header->cmsg_level = SOL_SOCKET;
            header->cmsg_type = SCM_RIGHTS;
            header->cmsg_len = CMSG_LEN(sizeof(int));
            std::memcpy(CMSG_DATA(header), &fd, sizeof fd);
        }
        const ssize_t sent = ::sendmsg(socket_.get(), &message, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (sent < 0 && (errno == EAGAIN || errno == EINTR)) continue;
        if (sent < 0 && (errno == EPIPE || errno == ECONNRESET)) return fail(ErrorKind::absent, "monitor: gone");
        if (sent < 0) return fail_errno(errno, "monitor: send");
        fd = -1;
        text.remove_prefix(static_cast<std::size_t>(sent));
    }
    return {};
}

Result<Json> QmpClient::receive(Deadline deadline) {
    std::string bytes;
    for (;;) {
        auto whole = framer_.next();
        if (!whole) return std::unexpected(whole.error());
        if (*whole) {
            Json message = Json::parse(**whole, nullptr, false);
            if (message.is_object()) return message;
            return fail(ErrorKind::malformed, "monitor: sends something that is no JSON");
        }
        if (auto readable = wait(POLLIN, deadline); !readable) return std::unexpected(readable.error());
        bytes.resize(read_bytes);
        const ssize_t got = ::recv(socket_.get(), bytes.data(), bytes.size(), MSG_DONTWAIT);
        if (got < 0 && (errno == EAGAIN || errno == EINTR)) continue;
        if (got < 0 && errno != ECONNRESET) return fail_errno(errno, "monitor: read");
        if (got <= 0) return fail(ErrorKind::absent, "monitor: closed by the guest's process");
        framer_.feed(std::string_view(bytes).substr(0, static_cast<std::size_t>(got)));
    }
}

void QmpClient::keep(const Json& event) {
    if (events_.size() == max_events) events_.pop_front();
    const Json& data = member(event, "data");
    events_.push_back({text_at(event, "event"), data.is_object() ? data : Json::object()});
}

Result<Json> QmpClient::ask(std::string_view command, const Json& arguments, Deadline deadline) {
    return ask_with_fd(command, arguments, -1, deadline);
}

Result<Json> QmpClient::ask_with_fd(std::string_view command, const Json& arguments, int fd, Deadline deadline) {
    const std::uint64_t id = ++last_id_;
    Json question{{"execute", command}, {"id", id}};
    if (!arguments.empty()) question["arguments"] = arguments;
    if (auto sent = send(dump(question) + "\r\n", fd, deadline); !sent) return std::unexpected(sent.error());
    for (;;) {
        auto message = receive(deadline);
        // A monitor that talks without end but not to the point has no more time than a silent one.
        if (message && SteadyClock::now() >= deadline) message = fail(ErrorKind::timeout, "monitor: does not answer");
        if (!message) return fail(message.error().kind, "{}: {}", command, message.error().message);
        if (message->contains("event")) {
            keep(*message);
        } else if (const Json& reply = member(*message, "id"); reply.is_number_unsigned() && reply == id) {
            if (message->contains("return")) return Json((*message)["return"]);
            return refusal(command, member(*message, "error"));
        }
    }
}

Result<QmpEvent> QmpClient::wait_event(std::initializer_list<std::string_view> names, Deadline deadline) {
    for (;;) {
        const auto found = std::ranges::find_if(events_, [&](const QmpEvent& event) {
            return std::ranges::find(names, std::string_view(event.name)) != names.end();
        });
        if (found != events_.end()) {
            QmpEvent event = std::move(*found);
            events_.erase(found);
            return event;
        }
        auto message = receive(deadline);
        if (!message) return std::unexpected(message.error());
        if (message->contains("event")) keep(*message);
        if (SteadyClock::now() >= deadline) return fail(ErrorKind::timeout, "monitor: the event did not come");
    }
}

}  // namespace virtscope::qemu
