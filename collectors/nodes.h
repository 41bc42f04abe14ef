// The host's NUMA nodes: how much memory each has, and has free.
#pragma once

#include <string>
#include <vector>

#include "collectors/collector.h"
#include "collectors/kept_file.h"

namespace virtscope {

// The nodes that have memory, in the order of their numbers, as a roster has them. None where the kernel knows no nodes.
std::vector<RosterInstance> nodes_with_memory(const KernelRoots& roots);

// Fills the nodes of the frame's roster. A node whose file cannot be read has no values.
class NodeCollector final : public Collector {
public:
    explicit NodeCollector(const KernelRoots& roots) : roots_(roots) {}
    std::string_view name() const override { return "nodes"; }
    void prepare(std::span<const Slot>) override {}
    void collect(std::span<const Slot> slots, Frame& frame) override;

private:
    struct Node {
        KeptFile meminfo;
        std::string total, free;  // how their lines begin
    };
    void open(const Roster& roster);

    KernelRoots roots_;
    RosterPtr roster_;  // whose nodes these are
    std::vector<Node> nodes_;
};

}  // namespace virtscope
