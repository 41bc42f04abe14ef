// The collector contract. A collector knows one kind of counter and reads it for all guests of all
// drivers, from the host's kernel, in bulk; it never talks to a guest or a monitor and so never
// waits for one. A value it cannot read stays absent.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/frame.h"
#include "drivers/place.h"

namespace virtscope {

// Roots of the kernel's file systems; a captured host in tests.
struct KernelRoots {
    std::string proc = "/proc";
    std::string sys = "/sys";
    bool whole_machine = true;  // false: a hypervisor below this kernel has CPUs and memory of its own
};

class Collector {
public:
    virtual ~Collector() = default;

    virtual std::string_view name() const = 0;  // "cpu", "net", …

    // Called when the set of places changed (a new roster) and before the first collect: open and
    // keep descriptors here, drop those of guests that are gone. May allocate.
    virtual void prepare(std::span<const Slot> slots) = 0;

    // Called once a tick with the slots of the last prepare(): read, fill cells, set the row's time to
    // when it was read. Allocates nothing once warm.
    virtual void collect(std::span<const Slot> slots, Frame& frame) = 0;
};

// All collectors, in the order in which they run.
std::vector<std::unique_ptr<Collector>> all_collectors(const KernelRoots& roots);

}  // namespace virtscope
