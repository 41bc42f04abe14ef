// Presence: whether this kernel runs on Xen, and as what.
#pragma once

#include <string>

namespace virtscope::xen {

enum class Role {
    none,    // not on Xen
    dom0,    // the domain that controls the others
    domu,    // a guest
};

struct Presence {
    Role role = Role::none;
    std::string version;     // "4.17.7", empty: not told
    std::string guest_type;  // what this domain is: "PV", "PVH", "HVM"; empty: not told
};

// From /proc/xen/capabilities (a xenfs, "control_d" in Domain-0) and /sys/hypervisor (Documentation/ABI/stable/sysfs-hypervisor-xen).
// Where no xenfs is mounted, Domain-0 is recognised by bit 11 of /sys/hypervisor/properties/features (XENFEAT_dom0).
Presence look_around(const std::string& proc, const std::string& sys);

// "Xen 4.17.7 (PV Domain-0)", "guest of Xen 4.17.7 (PV, pv_ops)"; empty where there is no Xen.
std::string describe(const Presence& presence);

}  // namespace virtscope::xen
