#include "agent/ctl/findings.h"

#include <cerrno>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <fstream>
#include <linux/capability.h>
#include <string>
#include <unistd.h>

#include <fmt/format.h>

#include "core/fd.h"
#include "drivers/xen/presence.h"

namespace virtscope {
namespace {

struct Source {
    const char* path;
    const char* gives;
    const char* fix;
};

constexpr Source sources[] = {
    {"/proc/self/schedstat", "run time and run-queue wait (steal) of vCPUs",
     "the kernel lacks CONFIG_SCHED_INFO; steal stays absent"},
    {"/proc/pressure/cpu", "pressure (PSI) of the host", "boot with psi=1 or use a kernel with CONFIG_PSI"},
};

void examine_source(const Source& source, Findings& out) {
    const Fd fd(::open(source.path, O_RDONLY | O_CLOEXEC));
    if (fd) {
        out.push_back({Verdict::ok, source.path, source.gives, {}});
    } else {
        out.push_back({Verdict::warning, source.path,
                       fmt::format("cannot be read ({}): no {}", std::strerror(errno), source.gives), source.fix});
    }
}

// Without it every guest runs under TCG, an order of magnitude slower. Those of Xen never need it.
void examine_kvm(Findings& out) {
    if (::access("/dev/kvm", F_OK) == 0) {
        out.push_back({Verdict::ok, "/dev/kvm", "hardware virtualization is available", {}});
    } else {
        out.push_back({Verdict::warning, "/dev/kvm", "absent: guests run emulated (TCG)",
                       "enable virtualization in the firmware and load kvm_intel or kvm_amd"});
    }
}

// Effective capabilities of this process, a bit each (capabilities(7)).
std::uint64_t capabilities() {
    std::ifstream status("/proc/self/status");
    for (std::string line; std::getline(status, line);) {
        if (line.starts_with("CapEff:")) return std::strtoull(line.c_str() + 7, nullptr, 16);
    }
    return 0;
}

void examine_rights(Findings& out) {
    struct Right {
        int bit;
        const char* name;
        const char* gives;
    };
    static constexpr Right rights[] = {
        {CAP_SYS_PTRACE, "CAP_SYS_PTRACE", "descriptors and namespaces of guests: their taps and monitors"},
        {CAP_DAC_READ_SEARCH, "CAP_DAC_READ_SEARCH", "guests of other users"},
        {CAP_DAC_OVERRIDE, "CAP_DAC_OVERRIDE", "monitor sockets of other users"},
        {CAP_SYS_ADMIN, "CAP_SYS_ADMIN", "NICs in other network namespaces"},
    };
    const std::uint64_t held = capabilities();
    for (const Right& right : rights) {
        if (held >> right.bit & 1) {
            out.push_back({Verdict::ok, right.name, right.gives, {}});
        } else {
            out.push_back({Verdict::warning, right.name, fmt::format("missing: no {}", right.gives),
                           "run as root, or read the agent's ring as a member of group virtscope"});
        }
    }
}

}  // namespace

void examine_kernel(Findings& out) {
    examine_rights(out);
    if (xen::look_around("/proc", "/sys").role != xen::Role::dom0) examine_kvm(out);
    for (const Source& source : sources) examine_source(source, out);
}

}  // namespace virtscope
