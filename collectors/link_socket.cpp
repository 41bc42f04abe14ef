#include "collectors/link_socket.h"

#include <cerrno>
#include <sys/socket.h>
#include <sys/time.h>
#include <utility>

namespace virtscope {
namespace {

constexpr std::size_t request_size = 128;

// Tells the kernel, all of it, or nothing.
bool send_all(const Fd& socket, const char* request, std::size_t length) {
    return ::send(socket.get(), request, length, 0) == static_cast<ssize_t>(length);
}

}  // namespace

LinkSocket::LinkSocket(Fd socket, std::span<char> buffer, LinkQuery query)
    : socket_(std::move(socket)), buffer_(buffer), query_(query) {
    const timeval patience{.tv_sec = 0, .tv_usec = 100'000};
    ::setsockopt(socket_.get(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
}

bool LinkSocket::dump(const LinkVisitor& visit) {
    DumpState state = dump_once(visit);
    if (state == DumpState::unsupported && query_ == LinkQuery::stats) {
        query_ = LinkQuery::links;
        state = dump_once(visit);
    }
    if (state == DumpState::interrupted) state = dump_once(visit);
    return state == DumpState::done || state == DumpState::interrupted;
}

std::optional<std::string> LinkSocket::kind(int ifindex) {
    alignas(nlmsghdr) char request[request_size];
    const std::size_t length = put_link_request(request, ifindex, ++sequence_);
    if (!send_all(socket_, request, length)) return std::nullopt;
    return read_link_kind(receive(), sequence_);
}

DumpState LinkSocket::dump_once(const LinkVisitor& visit) {
    alignas(nlmsghdr) char request[request_size];
    const std::size_t length = put_dump_request(request, query_, ++sequence_);
    if (!send_all(socket_, request, length)) return DumpState::failed;
    bool interrupted = false;
    DumpState state = DumpState::more;
    while (state == DumpState::more) {
        const auto datagram = receive();
        if (datagram.empty()) return DumpState::failed;
        state = read_dump(datagram, sequence_, interrupted, visit);
    }
    return state;
}

// One datagram, empty if none came or it did not fit. Overruns (ENOBUFS) are failures too: the caller's
// next socket begins with an empty queue.
std::span<const char> LinkSocket::receive() {
    ssize_t got = 0;
    do {
        got = ::recv(socket_.get(), buffer_.data(), buffer_.size(), MSG_TRUNC);
    } while (got < 0 && errno == EINTR);
    if (got <= 0 || static_cast<std::size_t>(got) > buffer_.size()) return {};
    return buffer_.first(static_cast<std::size_t>(got));
}

}  // namespace virtscope
