// What ExtraStats selects: series that are sent on request only. The names are those of collectd's virt plugin, and ours
// for what it does not have.
#pragma once

#include <bitset>
#include <cstdint>
#include <string_view>
#include <vector>

#include "core/result.h"

namespace virtscope::exporters::collectd {

enum class Extra : std::uint8_t {
    always,  // no selector: sent in any case
    cpu_util,
    disk,
    disk_allocation,
    disk_capacity,
    disk_physical,
    domain_state,
    memory,
    pcpu,
    vcpu,
    // Ours.
    age,
    cpu_parts,
    disk_failed,
    disk_in_flight,
    disk_latency,
    exits,
    exporter,
    steal,
    uptime,
    count
};

class Extras {
public:
    // What virt sends without ExtraStats: nothing but what is sent always.
    Extras() { set_.set(static_cast<std::size_t>(Extra::always)); }
    static Extras all();

    bool has(Extra extra) const { return set_.test(static_cast<std::size_t>(extra)); }
    void add(Extra extra) { set_.set(static_cast<std::size_t>(extra)); }

    bool operator==(const Extras&) const = default;

private:
    std::bitset<static_cast<std::size_t>(Extra::count)> set_;
};

// A list of selectors between blanks; "all" is all of them.
struct ParsedExtras {
    Extras extras;
    std::vector<std::string_view> lacking;  // virt has them, a ring does not
};
// Errors: malformed, naming the word and those that there are.
Result<ParsedExtras> parse_extras(std::string_view words);

}  // namespace virtscope::exporters::collectd
