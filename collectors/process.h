// The process collector: CPU and memory of every guest that is a process of this host, and what the
// place itself says (memory given, start). CPU and memory come from the same file, so one collector.
#pragma once

#include <optional>
#include <vector>

#include "collectors/collector.h"
#include "collectors/guest_reader.h"

namespace virtscope {

class ProcessCollector final : public Collector {
public:
    explicit ProcessCollector(const KernelRoots& roots);
    std::string_view name() const override { return "process"; }
    void prepare(std::span<const Slot> slots) override;
    void collect(std::span<const Slot> slots, Frame& frame) override;

private:
    bool use_clock_;
    std::vector<std::optional<GuestReader>> readers_;  // as the slots; none: the guest is no process
};

}  // namespace virtscope
