// Layout: which files there are for a roster, and what is written into each.
//
//     native     UUID/guest.rrd  UUID/vcpu-0.rrd  UUID/disk-vda.rrd  UUID/nic-vnet3.rrd  host/host.rrd  host/cpu-0.rrd
//     collectd   web01/virt/virt_cpu_total.rrd  web01/virt/disk_octets-vda.rrd …, guests only; HostnameFormat and
//                PluginInstanceFormat as collectd's: with hostname and name it is kvm7/virt-web01/virt_cpu_total.rrd
//
// A path is relative to the folder of all RRDs; each component went through file_name.h.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "exporters/base/census.h"
#include "exporters/rrd/file_type.h"

namespace virtscope::exporters::rrd {

enum class Naming { none, name, uuid, hostname };

struct LayoutOptions {
    bool collectd = true;
    Naming host = Naming::name;      // collectd's HostnameFormat
    Naming instance = Naming::none;  // collectd's PluginInstanceFormat
};

struct PlannedFile {
    std::string path;
    const FileType* type = nullptr;
    std::uint32_t row = 0;   // of the type's scope
    std::uint64_t life = 0;  // whose counters these are: another number, and they have nothing to do with each other
};

class Layout {
public:
    Layout(const LayoutOptions& options, const Filter& filter);

    // No two files of one path.
    std::vector<PlannedFile> plan(const Census& census) const;
    // The folder of a guest's files. Of two guests with the same name the second one in the roster has its UUID behind
    // it; `repeated` says it is such.
    std::string folder(const std::string& name, const std::string& uuid, const std::string& host,
                       bool repeated = false) const;
    // Of a type and an instance: "disk_octets-vda.rrd".
    static std::string file(const FileType& type, std::string_view instance);

    const LayoutOptions& options() const { return options_; }

private:
    std::vector<std::string> folders(const Census& census) const;

    LayoutOptions options_;
    std::vector<const FileType*> types_;
};

}  // namespace virtscope::exporters::rrd
