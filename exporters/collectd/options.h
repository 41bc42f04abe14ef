// The options of the collectd plugin and of `virtscope-export collectd-exec`: those of collectd's virt plugin and some
// of ours. collectd-virtscope(5) says what each does.
#pragma once

#include <chrono>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "exporters/collectd/extra.h"
#include "exporters/collectd/selection.h"

namespace virtscope::exporters::collectd {

// What names are made of.
enum class Part { name, uuid, hostname };
enum class DiskName { target, source };
enum class NicName { name, number };

struct Options {
    std::string ring;  // empty: as everywhere (core/ring/path.h)
    std::string plugin = "virtscope";
    std::vector<Part> host{Part::name};
    std::vector<Part> plugin_instance;
    Selected guests, disks, nics;  // devices as guest:device
    bool ignore_selected = false;
    bool report_disks = true;
    bool report_nics = true;
    DiskName disk_name = DiskName::target;
    bool disk_basename = false;
    NicName nic_name = NicName::name;
    bool extras_given = false;
    Extras extras;
    bool persistent_notification = false;
    bool original_units = false;        // disk_time in ns, flush time in us, as virt has them
    std::chrono::seconds back_fill{86400};  // how old a sample may be to be sent
    std::string state_file;             // the last sample sent is kept there; empty: nowhere

    // Emits as collectd's virt plugin: no series that it does not know unless asked for, its notifications alone.
    bool as_virt() const { return plugin == "virt"; }
    // What is sent beside what is sent always.
    const Extras& selected() const;
};

struct Option {
    std::string_view key;    // "HostnameFormat"; compared without regard to case
    std::string_view value;  // for usage: "name|uuid|hostname"
    std::string_view help;   // one line
    // Errors: malformed, a phrase that begins with what is wrong. Value: what the user should be told, mostly nothing.
    Result<std::string> (*set)(Options& options, std::string_view value);
};

std::span<const Option> all_options();

// Sets one; options that may be repeated add. Errors: absent: no such option; malformed: "KEY: …".
Result<std::string> set_option(Options& options, std::string_view key, std::string_view value);

}  // namespace virtscope::exporters::collectd
