// Where to listen: "127.0.0.1:9177", "[::1]:9177", "host:9177", ":9177" (every address of the host, IPv4 and IPv6).
#pragma once

#include <string>
#include <string_view>

#include "core/fd.h"
#include "core/result.h"

namespace virtscope::exporters {

struct Address {
    std::string host;  // empty: every one
    std::string port;
};

// Errors: malformed, with the accepted form.
Result<Address> parse_address(std::string_view text);

// A socket that listens there, non-blocking. Errors: busy (the port is in use), denied, absent (no such host or
// address), system; each a line that names the address.
Result<Fd> listen_on(const Address& address);

// "127.0.0.1:9177": where a socket listens, its port filled in if 0 was asked for.
std::string address_of(int fd);

}  // namespace virtscope::exporters
