// The machine at the other end of a connection, as libvirt tells of it: its own values, where /proc is another's.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "drivers/libvirt/questions.h"

namespace virtscope::libvirt {

struct Node {
    std::string name, arch;                  // empty: not known
    std::vector<Number<HostMetric>> values;  // what it does not tell is not there
};

// One for each connection, in the thread that owns it.
class NodeReader {
public:
    NodeReader(const Library& library, virConnectPtr connection) : library_(library), connection_(connection) {}

    // Two questions, and two more each minute. libvirt has no calls for load and pressure; its user time includes that
    // of guests and niced processes, its kernel time that of interrupts.
    Node read();

private:
    void read_what_stays();
    void read_cpu(Node& node);
    void read_memory(Node& node) const;

    const Library& library_;
    virConnectPtr connection_;
    Clock::time_point next_look_;
    Node stays_;
    int cpu_numbers_ = 0;  // how many there are
};

}  // namespace virtscope::libvirt
