// What a new file's header page says, and who signs it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/ring/format.h"

namespace virtscope::ring {

// Ready and valid, without a record, unsigned; a salt of its own.
HeaderPage new_header(std::uint64_t capacity, std::uint64_t image, std::uint32_t flags);

struct Signature {
    std::string host;
    std::string boot_id;
};

// This host, in this boot.
Signature this_writer();

// Puts this process, now, into the slot that is not the newest one.
void sign(HeaderPage& header, const Signature& by);

}  // namespace virtscope::ring
