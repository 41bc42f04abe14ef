// Whether an address is of this host alone.
#pragma once

#include <string_view>

namespace virtscope {

// 127.0.0.0/8, ::1, the same written as an IPv6 address, and the name localhost. What is empty means every address, and
// a name may be any.
bool is_loopback_address(std::string_view host);

}  // namespace virtscope
