#include "drivers/xen/qdisk_talk.h"

#include <cerrno>
#include <cstring>
#include <string_view>
#include <sys/socket.h>
#include <sys/un.h>

#include "core/clock.h"
#include "core/text.h"

namespace virtscope::xen {
namespace {

constexpr std::size_t read_bytes = 65536;
constexpr const char* no_greeting = "does not greet: another client has it, or QEMU hangs";

}  // namespace

Result<QdiskTalk> QdiskTalk::begin(const std::string& path, Time now) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (path.size() >= sizeof address.sun_path) return fail(ErrorKind::malformed, "its path is too long for a socket");
    std::memcpy(address.sun_path, path.data(), path.size());
    Fd socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    if (!socket) return fail_errno(errno, "socket");
    if (::connect(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0) return QdiskTalk(std::move(socket), now + patience);
    if (errno == EAGAIN) return fail(ErrorKind::busy, "{}", no_greeting);  // not even place in the queue
    if (errno == ENOENT) return fail(ErrorKind::absent, "there is none: the domain's QEMU was not started by libxl, or not in Domain-0");
    if (errno == ECONNREFUSED) return fail(ErrorKind::absent, "nobody listens: the domain's QEMU has ended");
    return fail_errno(errno, "connect");
}

Result<std::optional<QdiskAnswer>> QdiskTalk::advance(qemu::Decoder& decoder, Time now) {
    if (now >= deadline_) return fail(ErrorKind::timeout, "{}", silence());
    if (auto received = receive(); !received) return std::unexpected(received.error());
    for (;;) {
        const auto message = framer_.next();
        if (!message) return std::unexpected(message.error());
        if (!*message) return std::nullopt;
        auto taken = take(**message, decoder);
        if (!taken || *taken) return taken;
    }
}

std::string QdiskTalk::silence() const {
    return step_ == Step::greeting ? no_greeting : "does not answer";
}

// One piece a call: whoever sends without end gets no more than the others.
Result<> QdiskTalk::receive() {
    char bytes[read_bytes];
    const ssize_t got = ::recv(socket_.get(), bytes, sizeof bytes, MSG_DONTWAIT);
    if (got > 0) {
        framer_.feed(std::string_view(bytes, static_cast<std::size_t>(got)));
        return {};
    }
    if (got < 0 && (errno == EAGAIN || errno == EINTR)) return {};
    if (got < 0 && errno != ECONNRESET) return fail_errno(errno, "read");
    return fail(ErrorKind::absent, "closed by QEMU");
}

Result<std::optional<QdiskAnswer>> QdiskTalk::take(std::string_view message, qemu::Decoder& decoder) {
    constexpr const char* capabilities = R"({"execute":"qmp_capabilities","id":1})"
                                         "\r\n";
    constexpr const char* counters = R"({"execute":"query-blockstats","id":2})"
                                     "\r\n";
    using qemu::MessageKind;
    const auto parsed = decoder.parse(message);
    if (!parsed) return std::unexpected(parsed.error());
    Result<> put_next;
    if (step_ == Step::greeting) {
        if (parsed->kind != MessageKind::greeting) return fail(ErrorKind::malformed, "does not greet as QMP does");
        put_next = put(Step::capabilities, capabilities);
    } else if (parsed->kind == MessageKind::error) {
        return fail(ErrorKind::unsupported, "QEMU refuses: {}", printable(parsed->text));
    } else if (parsed->kind == MessageKind::reply && step_ == Step::capabilities && parsed->id == 1) {
        put_next = put(Step::counters, counters);
    } else if (parsed->kind == MessageKind::reply && step_ == Step::counters && parsed->id == 2) {
        return QdiskAnswer{.time = sent_ + (clock_ns(CLOCK_MONOTONIC) - sent_) / 2, .disks = decoder.disks()};
    }
    if (!put_next) return std::unexpected(put_next.error());
    return std::nullopt;
}

// So short that it is taken at once by a socket that nothing else was written to.
Result<> QdiskTalk::put(Step next, const char* question) {
    const std::size_t size = std::strlen(question);
    sent_ = clock_ns(CLOCK_MONOTONIC);
    const ssize_t sent = ::send(socket_.get(), question, size, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent != static_cast<ssize_t>(size)) return fail(ErrorKind::absent, "closed by QEMU");
    step_ = next;
    return {};
}

}  // namespace virtscope::xen
