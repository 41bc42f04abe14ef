// HugePages: how much memory of huge pages a process has mapped, at a bearable price.
//
// Only /proc/PID/status tells, and the kernel takes five times as long for it as for anything else
// read of a guest, while most guests have none and a guest gets them when it starts. So a process
// without any is looked at ever more seldom, down to once in 64 ticks, each in a tick of its own; one
// with some, each tick.
#pragma once

#include <cstdint>
#include <optional>

#include "collectors/kept_file.h"
#include "drivers/process.h"

namespace virtscope {

class HugePages {
public:
    explicit HugePages(const Process& process);

    // Bytes as last seen; none if never seen. Call once a tick. Allocates nothing.
    std::optional<std::uint64_t> bytes();

private:
    void look();

    KeptFile status_;
    std::optional<std::uint64_t> bytes_;
    unsigned phase_ = 0;  // of the process: spreads the guests over the ticks
    unsigned gap_ = 1;    // ticks until the look after next
    unsigned wait_ = 0;   // ticks until the next look
};

}  // namespace virtscope
