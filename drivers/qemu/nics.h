// Nics: which interfaces of the host are a guest's network cards.
//
// What counts is what the process holds open, not what its command line says: a tap that a manager
// made and passed as a descriptor is found as well. /proc/PID/fdinfo/N of /dev/net/tun names it
// ("iff:	tap0"); /dev/tapN is the macvtap with interface index N. Reading all descriptors costs about
// a microsecond each, so it is done only when their number has changed.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/fd.h"
#include "drivers/place.h"
#include "drivers/process.h"
#include "drivers/qemu/command_line.h"

namespace virtscope::qemu {

// What the open descriptors of a QEMU process tell.
struct OpenFiles {
    bool readable = false;          // false: we lack the right to look
    bool kvm = false;               // it has a virtual machine of the kernel's
    std::vector<std::string> taps;  // names, each once whatever its number of queues
    std::vector<int> macvtaps;      // interface indices
};
OpenFiles read_open_files(const Process& process);

// Number of open descriptors, 0 where the kernel does not tell (before Linux 6.2).
std::uint64_t count_open_files(const Process& process);

// "iff:" of a tun descriptor's fdinfo; empty: attached to no interface.
std::string tap_of_fdinfo(std::string_view fdinfo);

class NicFinder {
public:
    NicFinder(const std::string& proc, std::string sys);
    std::vector<NicPlace> find(const Process& process, const OpenFiles& files, const CommandLine& line) const;

private:
    NicPlace resolve(NicPlace nic, const Process& process) const;

    std::string sys_;
    std::uint64_t own_netns_ = 0;
    Fd socket_;  // of our own namespace
};

}  // namespace virtscope::qemu
