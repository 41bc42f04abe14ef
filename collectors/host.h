// The host collector: CPU time by mode, memory, load, pressure of the machine itself, from /proc.
#pragma once

#include <array>
#include <cstddef>
#include <optional>

#include "collectors/collector.h"
#include "collectors/cpus.h"
#include "collectors/kept_file.h"

namespace virtscope {

class HostCollector final : public Collector {
public:
    explicit HostCollector(const KernelRoots& roots);
    std::string_view name() const override { return "host"; }
    void prepare(std::span<const Slot> slots) override;
    void collect(std::span<const Slot> slots, Frame& frame) override;

private:
    struct Pressure {
        KeptFile file;
        HostMetric some, full;
    };

    void read_cpu(Frame& frame);
    void read_memory(Frame& frame);
    void read_load(Frame& frame);
    void read_pressure(Frame& frame);

    KernelRoots roots_;
    KeptFile stat_, online_, meminfo_, loadavg_;
    std::array<Pressure, 3> pressure_;
    std::optional<std::uint64_t> frequency_;
    std::vector<char> stat_text_;
    CpuRows cpus_;
    std::array<std::uint64_t, static_cast<std::size_t>(HostMetric::count)> last_{};  // see held_steady()
};

}  // namespace virtscope
