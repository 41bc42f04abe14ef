// VbdFiles: the counters of one block backend of Domain-0's kernel, read over descriptors that are kept open.
//
// /sys/bus/xen-backend/devices/vbd-<domid>-<device>/statistics/ of Linux's xen-blkback: a decimal number a file, sectors of 512
// bytes. Directions are the guest's. oo_req counts the requests that found all of the backend's taken, not those in flight.
// Once the backend is gone every read fails, whoever has its number now.
#pragma once

#include <array>
#include <cstdint>
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

    bool read(std::size_t row, Frame& frame) const override;

private:
    static constexpr std::size_t count = 7;
    std::array<Fd, count> files_;
};

// "SYS/bus/xen-backend/devices/vbd-1-51712".
std::string vbd_folder(const std::string& sys, std::uint32_t domid, unsigned device);

}  // namespace virtscope::xen
