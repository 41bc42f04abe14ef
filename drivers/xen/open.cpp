#include "drivers/xen/open.h"

#include "drivers/xen/driver.h"
#include "drivers/xen/lifecycle.h"
#include "drivers/xen/presence.h"

namespace virtscope {
namespace {

Error not_domain0(const xen::Presence& presence) {
    if (presence.role == xen::Role::none) {
        return {ErrorKind::unsupported, "xen:///: this host does not run on Xen"};
    }
    return {ErrorKind::unsupported,
            fmt::format("xen:///: this is a {}, not Domain-0, which alone sees the others; leave the URI out to watch this "
                        "system by itself",
                        xen::describe(presence))};
}

}  // namespace

Opened open_xen(std::string_view uri, const DriverHost& host, const DriverOptions& options) {
    if (uri != xen_uri) return NotMine{};
    const xen::Presence presence = xen::look_around(host.proc, host.sys);
    if (presence.role != xen::Role::dom0) return not_domain0(presence);
    const auto connect = [folder = host.dev + "/xen"]() -> Result<xen::Hypervisor> {
        auto privcmd = xen::open_privcmd(folder);
        if (!privcmd) return std::unexpected(privcmd.error());
        return xen::Hypervisor::open(std::move(*privcmd));
    };
    return std::make_unique<xen::XenDriver>(connect, xen::Store::open(), xen::describe(presence), host, options,
                                            xen::make_xen_lifecycle());
}

}  // namespace virtscope
