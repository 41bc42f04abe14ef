// A plan as configuration files of Nagios or Icinga 2.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "agent/ctl/monitor_plan.h"

namespace virtscope {

struct ConfigFile {
    std::string name;    // "virtscope-guests.cfg"
    std::string text;    // with a first line that has a sum of the rest: see stamped()
    bool editable = false;  // a person may change it: it is not written over then
};

// What does not depend on the guests is the same text as in plugins/config, built into the program.
std::string_view nagios_commands();
std::string_view icinga_objects();

std::vector<ConfigFile> nagios_files(const MonitorPlan& plan);
std::vector<ConfigFile> icinga_files(const MonitorPlan& plan);
// The name of the one with the guests.
std::string_view guests_file(std::string_view format);

// `text` below a line that says who wrote it, with a sum by which is_edited() knows whether somebody has changed it.
std::string stamped(std::string_view text);
bool is_edited(std::string_view text);

// The comment above each guest, which also tells the next run who was there.
std::string guest_mark(const MonitoredGuest& guest);
std::vector<MonitoredGuest> marked_guests(std::string_view text);

}  // namespace virtscope
