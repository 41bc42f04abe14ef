// Filter: which guests, devices and metrics are exported. The same options for every exporter.
#pragma once

#include <string>
#include <vector>

#include "core/roster.h"
#include "exporters/base/names.h"
#include "exporters/base/pattern.h"

namespace virtscope::exporters {

// As given on the command line; syntax in pattern.h. Names are compared as they are exported (census.h).
struct FilterWords {
    std::vector<std::string> guests;    // --guest: name or UUID
    std::vector<std::string> excluded;  // --exclude: likewise
    std::vector<std::string> devices;   // --device: disks and network cards
    std::vector<std::string> metrics;   // --metric: exported names
};

class Filter {
public:
    // Lets everything through.
    Filter() = default;
    // Errors: malformed, naming the option and the pattern.
    static Result<Filter> make(const FilterWords& words);

    bool allows_guest(const std::string& name, const Uuid& uuid) const { return guests_.allows(name, uuid); }
    // Instances other than disks and network cards are no devices: they come with their guest.
    bool allows_instance(Scope scope, const std::string& name) const;
    // `name` as samples have it: "virt_disk_read_bytes_total".
    bool allows_metric(const std::string& name) const { return metrics_.allows(name); }

private:
    Choice guests_, devices_, metrics_;
};

}  // namespace virtscope::exporters
