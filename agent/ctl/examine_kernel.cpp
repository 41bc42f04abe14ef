#include "agent/ctl/findings.h"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <unistd.h>

#include <fmt/format.h>

#include "core/fd.h"

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
    {"/proc/1/fdinfo", "which tap belongs to which guest", "run as root (CAP_SYS_PTRACE, CAP_DAC_READ_SEARCH)"},
    {"/proc/1/ns/net", "network namespaces of guests", "run as root (CAP_SYS_PTRACE)"},
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

// Without it every guest runs under TCG, an order of magnitude slower.
void examine_kvm(Findings& out) {
    if (::access("/dev/kvm", F_OK) == 0) {
        out.push_back({Verdict::ok, "/dev/kvm", "hardware virtualization is available", {}});
    } else {
        out.push_back({Verdict::warning, "/dev/kvm", "absent: guests run emulated (TCG)",
                       "enable virtualization in the firmware and load kvm_intel or kvm_amd"});
    }
}

}  // namespace

void examine_kernel(Findings& out) {
    if (::geteuid() == 0) {
        out.push_back({Verdict::ok, "rights", "root: everything can be read", {}});
    } else {
        out.push_back({Verdict::warning, "rights",
                       fmt::format("user {}: other users' guests and their monitors cannot be read", ::geteuid()),
                       "run as root, or read the agent's ring as a member of group virtscope"});
    }
    examine_kvm(out);
    for (const Source& source : sources) examine_source(source, out);
}

}  // namespace virtscope
