#include "agent/ctl/findings.h"

#include <unistd.h>

#include "drivers/xen/presence.h"

namespace virtscope {
namespace {

void examine_access(Findings& out) {
    constexpr const char* privcmd = "/dev/xen/privcmd";
    if (::access(privcmd, R_OK | W_OK) == 0) {
        out.push_back({Verdict::ok, privcmd, "domains can be seen", {}});
    } else if (::access(privcmd, F_OK) == 0) {
        out.push_back({Verdict::warning, privcmd, "may not be opened: no domains", "run as root, or read the agent's ring"});
    } else {
        out.push_back({Verdict::failure, privcmd, "not there: no domains", "modprobe xen-privcmd"});
    }
}

}  // namespace

void examine_xen(Findings& out) {
    const xen::Presence presence = xen::look_around("/proc", "/sys");
    const std::string what = xen::describe(presence);
    switch (presence.role) {
        case xen::Role::none: return;
        case xen::Role::domu:
            out.push_back({Verdict::ok, "Xen", "this system is a " + what + "; its own steal is the host's cpu_steal", {}});
            return;
        case xen::Role::dom0: break;
    }
    out.push_back({Verdict::ok, "Xen", "this system controls " + what, {}});
    examine_access(out);
}

}  // namespace virtscope
