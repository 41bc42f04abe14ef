#include "drivers/table.h"

#include <algorithm>
#include <array>

#include "drivers/libvirt/open.h"
#include "drivers/libvirt/presence.h"
#include "drivers/libvirt/uri.h"
#include "drivers/qemu/open.h"
#include "drivers/simulated/open.h"
#include "drivers/xen/open.h"
#include "drivers/xen/presence.h"

namespace virtscope {
namespace {

// Tried in this order; the first that does not say NotMine decides.
constexpr std::array<OpenDriver, 4> drivers{open_simulated, open_qemu, open_xen, open_libvirt};

}  // namespace

Result<std::unique_ptr<Driver>> open_driver(std::string_view uri, const DriverHost& host,
                                            const DriverOptions& options) {
    for (const OpenDriver open : drivers) {
        Opened opened = open(uri, host, options);
        if (auto* driver = std::get_if<std::unique_ptr<Driver>>(&opened)) return std::move(*driver);
        if (const auto* error = std::get_if<Error>(&opened)) return std::unexpected(*error);
    }
    return fail(ErrorKind::unsupported,
                "{}: no driver for this URI; known are kvm:/// (QEMU/KVM on this host), xen:/// (Xen, from Domain-0), test:///default?guests=N "
                "(simulated host) and libvirt's (qemu:///system, lxc:///, qemu+ssh://HOST/system, …)",
                uri);
}

std::string_view machine_of(std::string_view uri) {
    const bool is_ours = uri.starts_with("kvm:///") || uri.starts_with("test:///") || uri == xen_uri;
    return is_ours ? std::string_view() : libvirt::machine_in(uri);
}

// libvirt's Xen driver and ours each tell all of a domain: neither adds to the other.
Result<> check_together(std::span<const std::string> uris) {
    const auto is_libvirts = [](std::string_view uri) {
        return uri.starts_with("libvirt+xen:///") || (uri.starts_with("xen:///") && uri != xen_uri);
    };
    const auto libvirts = std::ranges::find_if(uris, is_libvirts);
    if (libvirts == uris.end() || std::ranges::find(uris, xen_uri) == uris.end()) return {};
    return fail(ErrorKind::malformed, "{} and {} are the same guests twice: leave out the one of libvirt", xen_uri, *libvirts);
}

std::string beneath(const DriverHost& host) {
    const xen::Presence presence = xen::look_around(host.proc, host.sys);
    return presence.role == xen::Role::domu ? xen::describe(presence) : std::string();
}

std::vector<std::string> local_uris(const DriverHost& host) {
    std::vector<std::string> uris{"kvm:///"};
    if (xen::look_around(host.proc, host.sys).role == xen::Role::dom0) uris.emplace_back(xen_uri);
    if (libvirt::is_here()) uris.emplace_back("qemu:///system");
    return uris;
}

bool has_companion(std::string_view uri) { return uri.starts_with("qemu:///") || uri.starts_with("libvirt+qemu:///"); }

std::vector<std::string> with_companions(std::vector<std::string> uris) {
    const bool libvirt = std::ranges::any_of(uris, has_companion);
    const auto kvm = std::ranges::find(uris, "kvm:///");
    if (kvm != uris.end()) {
        std::rotate(uris.begin(), kvm, kvm + 1);
    } else if (libvirt) {
        uris.emplace(uris.begin(), libvirt_processes_uri);
    }
    return uris;
}

}  // namespace virtscope
