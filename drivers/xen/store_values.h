// What xenstore's values mean. They are bytes of any kind, up to 4096; what is malformed is absent. Pure functions.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "drivers/xen/store_paths.h"

namespace virtscope::xen {

// Up to the first NUL, cut at max_value. Not made printable: that is done where it is shown.
std::string text_of(std::string_view value);

// Decimal digits and nothing else.
std::optional<std::uint64_t> number_of(std::string_view value);

// `count` * `unit`; none where there is no count or the product takes more than 64 bits.
std::optional<std::uint64_t> product_of(std::optional<std::uint64_t> count, std::uint64_t unit);

// "1795449682.41": ns since the epoch; 0 where it is no such number.
std::int64_t start_time_of(std::string_view value);

// Path of the image or device in a disk's params. QEMU's have the format before it: "qcow2:/images/a.qcow2", "aio:/dev/vg/a".
std::string source_of(Kind kind, std::string_view params);

// Bytes. The unit of `sectors` depends on who writes it (blkif.h said one thing, Linux did another): 512 bytes for the
// kernel whatever the sector size is, sectors for QEMU and tapdisk. A sector size that is absent is 512, too.
std::optional<std::uint64_t> capacity_of(Kind kind, std::string_view sectors, std::optional<std::string_view> sector_size);

}  // namespace virtscope::xen
