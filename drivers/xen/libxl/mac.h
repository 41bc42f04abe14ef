// MAC addresses as text.
#pragma once

#include <algorithm>
#include <array>
#include <charconv>
#include <string>
#include <string_view>

#include <fmt/format.h>

#include "drivers/xen/libxl/libxl.h"

namespace virtscope::libxl {

// "00:16:3e:12:34:56". False: it is not like that, `to` is as it was.
inline bool read_mac(std::string_view text, libxl_mac& to) {
    std::array<std::uint8_t, 6> bytes{};
    if (text.size() != 17) return false;
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        const char* const at = text.data() + i * 3;
        if (i != 0 && at[-1] != ':') return false;
        if (const auto [end, code] = std::from_chars(at, at + 2, bytes[i], 16); code != std::errc() || end != at + 2)
            return false;
    }
    std::ranges::copy(bytes, to);
    return true;
}

inline std::string mac_text(const libxl_mac& mac) {
    return fmt::format("{:02x}:{:02x}:{:02x}:{:02x}:{:02x}:{:02x}", mac[0], mac[1], mac[2], mac[3], mac[4], mac[5]);
}

}  // namespace virtscope::libxl
