// VbdFiles: the counters of one block backend of Domain-0's kernel, read over descriptors that are kept open.
//
// /sys/bus/xen-backend/devices/vbd-<domid>-<device>/statistics/ of Linux's xen-blkback: a decimal number a file, sectors of 512
// bytes. Directions are the guest's. oo_req counts the requests that found all of the backend's taken, not those in flight.
// Once the backend is gone every read fails, whoever has its number now.
//
// A backend at rest is read once instead of seven times. Its thread sleeps only after it has told the guest to notify it of the
// next request, and xenbus/events (Linux 5.12) counts the notifications. So while that has not moved since before the first of
// two readings that were equal, nothing can have been asked for that was not counted, unless the backend's thread had no CPU for a
// whole tick: everything is read every `longest_rest` ticks in any case. A busy backend may take requests without notifications:
// then the readings differ, and all is read.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>

#include "core/fd.h"
#include "drivers/xen/block_counters.h"

namespace virtscope::xen {

class VbdFiles final : public BlockCounters {
public:
    // What it cannot open (yet) stays closed: older kernels have no f_req and ds_req. `folder`: ".../vbd-1-51712".
    explicit VbdFiles(const std::string& folder);

    // At least the counters that all kernels have.
    bool is_open() const;

    bool read(std::size_t row, Frame& frame) override;

private:
    static constexpr std::size_t count = 7;
    using Numbers = std::array<std::optional<std::uint64_t>, count>;
    bool read_all();
    static constexpr unsigned longest_rest = 16;

    std::array<Fd, count> files_;
    Fd events_file_;
    Numbers numbers_;                     // as last read
    std::optional<std::uint64_t> events_;  // before they were
    bool rests_ = false;   // the last two readings were equal, with no notification since before the first
    unsigned rested_ = 0;  // times that it was not read since
};

// "SYS/bus/xen-backend/devices/vbd-1-51712".
std::string vbd_folder(const std::string& sys, std::uint32_t domid, unsigned device);

}  // namespace virtscope::xen
