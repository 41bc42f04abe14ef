// What --csv writes.
#pragma once

#include <cstdint>
#include <string>

namespace virtscope::top {

enum class CsvFormat : std::uint8_t { classic, rows };  // virt-top's line a tick, or a line a guest and tick

struct CsvOptions {
    std::string file{};  // empty: none
    CsvFormat format = CsvFormat::classic;
    bool cpu = true, memory = true, block = true, net = true;  // groups of columns
    bool block_bytes = false;                                  // classic: bytes instead of requests
};

}  // namespace virtscope::top
