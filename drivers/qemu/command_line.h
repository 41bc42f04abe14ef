// CommandLine: what a QEMU process was started with, read from its argv as QEMU itself reads it.
//
// No substring search: options that take a value consume the next argument, so a kernel command
// line or a path that looks like an option is not taken for one. What cannot be parsed is left out.
// Things that come in with -readconfig or are hot-plugged are not here: the monitor tells those.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/uuid.h"
#include "drivers/qemu/options.h"

namespace virtscope::qemu {

enum class Accelerator { unknown, kvm, tcg, other };

struct NetBackend {
    std::string id;      // "net0"; made up from the type where the user gave none
    std::string type;    // "tap", "user", "socket", …
    std::string ifname;  // of a tap, may be empty
    std::string bridge;
};

struct CommandLine {
    std::string name;
    std::optional<Uuid> uuid;
    std::string machine;
    Accelerator accelerator = Accelerator::unknown;
    std::uint64_t memory = std::uint64_t{128} << 20;  // bytes; QEMU's own default
    unsigned cpus = 1;
    unsigned max_cpus = 1;
    bool daemonize = false;
    bool serves_xen = false;  // devices of a Xen domain: the guest is that, not this process
    bool resets = true;  // false: the guest's process ends where others restart (-no-reboot)

    std::vector<Options> chardevs;
    std::vector<Options> control_monitors;  // -mon mode=control
    std::vector<std::string> qmp;           // values of -qmp and -qmp-pretty
    std::vector<Options> devices;
    std::vector<Options> drives;
    std::vector<Options> blockdevs;
    std::vector<NetBackend> nets;
    std::vector<Options> vnc;  // -vnc, and -display vnc=…
    std::vector<Options> spice;
    std::vector<Options> objects;
};

// argv of /proc/PID/cmdline, as far as it was read: at most 64 Ki arguments.
std::vector<std::string_view> split_arguments(std::string_view cmdline);

CommandLine parse_command_line(std::string_view cmdline);

}  // namespace virtscope::qemu
