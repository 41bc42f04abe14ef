#include "collectors/nodes.h"

#include <filesystem>

#include <doctest/doctest.h>

#include "tests/collectors/support.h"

using namespace virtscope;
using virtscope::test::Tree;

namespace {

// What a kernel says of a node, as far as it is read.
std::string meminfo(unsigned node, std::uint64_t total, std::uint64_t free) {
    return fmt::format("Node {0} MemTotal:       {1} kB\nNode {0} MemFree:        {2} kB\nNode {0} MemUsed:  1 kB\n", node,
                       total, free);
}

void add_node(const Tree& tree, unsigned node, const std::string& text) {
    const std::string folder = fmt::format("devices/system/node/node{}", node);
    std::filesystem::create_directories(tree.roots().sys + "/" + folder);
    tree.write("sys/" + folder + "/meminfo", text);
}

Frame frame_of(const std::vector<RosterInstance>& nodes) {
    auto roster = std::make_shared<Roster>();
    roster->nodes = nodes;
    Frame frame;
    frame.reset(roster);
    return frame;
}

}  // namespace

TEST_CASE("nodes: those that have memory, by number; another folder is none") {
    const Tree tree;
    add_node(tree, 10, meminfo(10, 1000, 10));
    add_node(tree, 2, meminfo(2, 2000, 20));
    add_node(tree, 3, meminfo(3, 0, 0));  // CPUs alone
    std::filesystem::create_directories(tree.roots().sys + "/devices/system/node/node4x");
    std::filesystem::create_directories(tree.roots().sys + "/devices/system/node/power");
    const auto nodes = nodes_with_memory(tree.roots());
    REQUIRE(nodes.size() == 2);
    CHECK(nodes[0].name == "2");
    CHECK(nodes[1].name == "10");
}

TEST_CASE("nodes: their memory each tick, absent where it cannot be read") {
    const Tree tree;
    add_node(tree, 0, meminfo(0, 8480980, 5697728));
    add_node(tree, 1, meminfo(1, 4096, 96));
    NodeCollector collector(tree.roots());
    Frame frame = frame_of(nodes_with_memory(tree.roots()));
    collector.collect({}, frame);
    CHECK(frame.get(0, NodeMetric::memory_total) == 8480980ULL * 1024);
    CHECK(frame.get(0, NodeMetric::memory_free) == 5697728ULL * 1024);
    CHECK(frame.get(1, NodeMetric::memory_free) == 96ULL * 1024);
    CHECK(frame.table(Scope::Node).row(1).time > 0);
    tree.write("sys/devices/system/node/node0/meminfo", "Node 0 MemTotal:       8480980 kB\nNode 0 MemFree:   56");
    tree.write("sys/devices/system/node/node1/meminfo", meminfo(1, 4096, 1));
    frame.reset(frame.roster);
    collector.collect({}, frame);
    CHECK_FALSE(frame.get(0, NodeMetric::memory_free));  // cut
    CHECK(frame.get(1, NodeMetric::memory_free) == 1024);
}

TEST_CASE("nodes: a kernel without any has none") {
    const Tree tree;
    std::filesystem::remove_all(tree.roots().sys + "/devices/system/node");
    CHECK(nodes_with_memory(tree.roots()).empty());
    NodeCollector collector(tree.roots());
    Frame frame = frame_of({});
    collector.collect({}, frame);
    CHECK(frame.table(Scope::Node).rows() == 0);
}
