// What a monitoring system is to watch of this host: the objects that `virtscope nagios-config` writes, before they are
// text of one system or the other.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "core/frame.h"

namespace virtscope {

// The command line of nagios-config.
struct MonitorWords {
    std::string format = "nagios";      // or icinga2
    std::string directory;              // empty: everything to standard output
    std::vector<std::string> guests;    // names, globs, /regular expressions/ or UUIDs; empty: all
    std::vector<std::string> excluded;  // the same
    std::vector<std::string> services;  // modes of check_virt for each guest; empty: the usual ones
    std::string host_name;              // empty: the host's own
    std::string contact_group;          // empty: none
    std::string interval = "1min";
    bool passive = false;
    bool all = false;  // guests that are off, too
    bool force = false;
};

struct MonitoredGuest {
    std::string name;  // of the object: see core/object_name.h
    std::string uuid;
    std::vector<std::string> untold{};  // of the plan's services, those that could never be but UNKNOWN
};

struct MonitorPlan {
    std::string host;  // name of the object
    std::string ring;  // absolute
    std::string contact_group;
    std::vector<MonitoredGuest> guests;
    std::vector<std::string> services;  // modes, for each guest
    double minutes = 1;                 // between two checks
    bool passive = false;
};

// Modes of check_virt that mean something for one guest, and those checked on the host (over all guests, if they are
// about guests).
std::span<const std::string_view> guest_modes();
std::span<const std::string_view> usual_guest_services();
std::span<const std::string_view> host_services();

// Of the plan's services those that this guest gets, and whether any guest gets this one.
std::vector<std::string> services_of(const MonitorPlan& plan, const MonitoredGuest& guest);
bool anybody_gets(const MonitorPlan& plan, std::string_view mode);

// Modes whose check on the host hands over the guests' results.
std::vector<std::string> fed_services(const MonitorPlan& plan);

// `newest` has the guests, and by its values shows what their hypervisor tells. `known`: UUIDs of guests that were watched before; they remain when they are off. Errors: malformed, a word of the command line.
// absent, a pattern that no guest matches.
Result<MonitorPlan> plan_of(const MonitorWords& words, const std::string& ring, const Frame& newest,
                            const std::vector<std::string>& known);

}  // namespace virtscope
