#include "collectors/nodes.h"

#include <algorithm>
#include <charconv>
#include <filesystem>

#include <fmt/format.h>

#include "collectors/clocks.h"
#include "collectors/host_text.h"

namespace virtscope {
namespace {

constexpr unsigned most_nodes = 1024;  // the kernel's own bound

// "node7": 7; others and what is no number: none.
std::optional<unsigned> number_of(std::string_view name) {
    constexpr std::string_view prefix = "node";
    if (!name.starts_with(prefix)) return std::nullopt;
    unsigned number = 0;
    const char* const end = name.data() + name.size();
    const auto parsed = std::from_chars(name.data() + prefix.size(), end, number);
    if (parsed.ec != std::errc{} || parsed.ptr != end || number >= most_nodes) return std::nullopt;
    return number;
}

std::string meminfo_of(const KernelRoots& roots, std::string_view node) {
    return fmt::format("{}/devices/system/node/node{}/meminfo", roots.sys, node);
}

// Node 0 MemTotal:        8480980 kB
std::string line_of(std::string_view node, std::string_view what) { return fmt::format("Node {} {}:", node, what); }

}  // namespace

std::vector<RosterInstance> nodes_with_memory(const KernelRoots& roots) {
    std::vector<unsigned> numbers;
    std::error_code none;  // no such folder: no nodes
    for (std::filesystem::directory_iterator at(roots.sys + "/devices/system/node", none), end; !none && at != end;
         at.increment(none)) {
        if (const auto number = number_of(at->path().filename().string())) numbers.push_back(*number);
    }
    std::ranges::sort(numbers);
    std::vector<RosterInstance> nodes;
    for (const unsigned number : numbers) {
        std::string name = std::to_string(number);
        char text[4096];
        KeptFile meminfo(meminfo_of(roots, name));
        const auto total = parse_kb_line(meminfo.read(text), line_of(name, "MemTotal"));
        if (total.value_or(0) > 0) nodes.push_back({.name = std::move(name), .source = {}});
    }
    return nodes;
}

void NodeCollector::open(const Roster& roster) {
    nodes_.clear();
    for (const RosterInstance& node : roster.nodes) {
        nodes_.push_back({.meminfo = KeptFile(meminfo_of(roots_, node.name)),
                          .total = line_of(node.name, "MemTotal"),
                          .free = line_of(node.name, "MemFree")});
    }
}

void NodeCollector::collect(std::span<const Slot>, Frame& frame) {
    if (frame.roster != roster_) {
        const bool same = roster_ && roster_->nodes == frame.roster->nodes;
        roster_ = frame.roster;
        if (!same) open(*roster_);
    }
    for (std::size_t row = 0; row < nodes_.size(); ++row) {
        char buffer[4096];
        const std::string_view text = nodes_[row].meminfo.read(buffer);
        frame.table(Scope::Node).row(row).time = monotonic_ns();
        if (const auto total = parse_kb_line(text, nodes_[row].total)) frame.set(row, NodeMetric::memory_total, *total);
        if (const auto free = parse_kb_line(text, nodes_[row].free)) frame.set(row, NodeMetric::memory_free, *free);
    }
}

}  // namespace virtscope
