#include "exporters/prometheus/address.h"

#include <array>
#include <cerrno>
#include <charconv>
#include <memory>

#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include "core/text.h"

namespace virtscope::exporters {
namespace {

constexpr int backlog = 64;
constexpr std::string_view form = "must be HOST:PORT, [IPv6]:PORT or :PORT, as in 127.0.0.1:9177";

bool is_port(std::string_view text) {
    unsigned port = 0;
    const auto parsed = std::from_chars(text.data(), text.data() + text.size(), port);
    return !text.empty() && parsed.ec == std::errc{} && parsed.ptr == text.data() + text.size() && port <= 65535;
}

std::string text_of(const Address& address) {
    const bool is_v6 = address.host.contains(':');
    return is_v6 ? fmt::format("[{}]:{}", address.host, address.port)
                 : fmt::format("{}:{}", address.host, address.port);
}

std::unexpected<Error> refusal(int code, const Address& address) {
    const std::string where = printable(text_of(address));
    if (code == EADDRINUSE) {
        return fail(ErrorKind::busy, "cannot listen on {}: the port is in use; choose another: --web.listen-address",
                    where);
    }
    if (code == EADDRNOTAVAIL)
        return fail(ErrorKind::absent, "cannot listen on {}: this host has no such address", where);
    return fail_errno(code, "cannot listen on {}", where);
}

Result<Fd> listen_at(const addrinfo& at, const Address& address) {
    Fd fd(::socket(at.ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    if (!fd) return refusal(errno, address);
    const int yes = 1;
    const int no = 0;
    (void)!::setsockopt(fd.get(), SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    if (at.ai_family == AF_INET6) (void)!::setsockopt(fd.get(), IPPROTO_IPV6, IPV6_V6ONLY, &no, sizeof no);
    if (::bind(fd.get(), at.ai_addr, at.ai_addrlen) != 0) return refusal(errno, address);
    if (::listen(fd.get(), backlog) != 0) return refusal(errno, address);
    return fd;
}

}  // namespace

Result<Address> parse_address(std::string_view text) {
    const std::size_t colon = text.rfind(':');
    if (colon == std::string_view::npos || !is_port(text.substr(colon + 1))) {
        return fail(ErrorKind::malformed, "'{}': {}", printable(text, 80), form);
    }
    std::string_view host = text.substr(0, colon);
    const bool bracketed = host.starts_with('[') && host.ends_with(']');
    if (bracketed) host = host.substr(1, host.size() - 2);
    if (host.contains(':') != bracketed) return fail(ErrorKind::malformed, "'{}': {}", printable(text, 80), form);
    return Address{.host = std::string(host), .port = std::string(text.substr(colon + 1))};
}

Result<Fd> listen_on(const Address& address) {
    addrinfo hints{};
    hints.ai_socktype = SOCK_STREAM;
    hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV;
    addrinfo* found = nullptr;
    const char* const host = address.host.empty() ? nullptr : address.host.c_str();
    if (const int code = ::getaddrinfo(host, address.port.c_str(), &hints, &found); code != 0) {
        return fail(ErrorKind::absent, "cannot listen on {}: {}", printable(text_of(address)), ::gai_strerror(code));
    }
    const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> all(found, ::freeaddrinfo);
    // Of "every address" the IPv6 one takes IPv4 along; a host without IPv6 has the other.
    for (const addrinfo* at = found; host == nullptr && at != nullptr; at = at->ai_next) {
        if (at->ai_family != AF_INET6) continue;
        auto listening = listen_at(*at, address);
        if (listening || listening.error().kind == ErrorKind::busy) return listening;
    }
    return listen_at(*all, address);
}

std::string address_of(int fd) {
    sockaddr_storage at{};
    socklen_t length = sizeof at;
    std::array<char, NI_MAXHOST> host{};
    std::array<char, NI_MAXSERV> port{};
    auto* const any = reinterpret_cast<sockaddr*>(&at);
    if (::getsockname(fd, any, &length) != 0) return "?";
    if (::getnameinfo(any, length, host.data(), host.size(), port.data(), port.size(),
                      NI_NUMERICHOST | NI_NUMERICSERV) != 0) {
        return "?";
    }
    return text_of({.host = host.data(), .port = port.data()});
}

}  // namespace virtscope::exporters
