#include "drivers/loopback.h"

#include <arpa/inet.h>

#include <array>
#include <string>

namespace virtscope {

bool is_loopback_address(std::string_view host) {
    if (host == "localhost") return true;
    const std::string text(host.substr(0, host.find('%')));  // without the zone: "::1%lo"
    in_addr v4{};
    if (::inet_pton(AF_INET, text.c_str(), &v4) == 1) return ntohl(v4.s_addr) >> 24 == 127;
    in6_addr v6{};
    if (::inet_pton(AF_INET6, text.c_str(), &v6) != 1) return false;
    return IN6_IS_ADDR_LOOPBACK(&v6) || (IN6_IS_ADDR_V4MAPPED(&v6) && v6.s6_addr[12] == 127);
}

}  // namespace virtscope
