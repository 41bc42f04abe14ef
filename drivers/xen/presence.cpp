#include "drivers/xen/presence.h"

#include <charconv>
#include <cstdint>
#include <fstream>

#include <fmt/format.h>

namespace virtscope::xen {
namespace {

constexpr int control_domain_bit = 11;  // XENFEAT_dom0, xen/include/public/features.h

std::string first_line(const std::string& path) {
    std::ifstream file(path);
    std::string line;
    std::getline(file, line);
    return line;
}

bool has_control_feature(const std::string& hypervisor) {
    const std::string text = first_line(hypervisor + "/properties/features");
    std::uint64_t features = 0;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), features, 16);
    return read.ec == std::errc() && (features >> control_domain_bit & 1) != 0;
}

std::string version_of(const std::string& hypervisor) {
    const std::string major = first_line(hypervisor + "/version/major");
    const std::string minor = first_line(hypervisor + "/version/minor");
    if (major.empty() || minor.empty()) return {};
    return major + '.' + minor + first_line(hypervisor + "/version/extra");
}

}  // namespace

Presence look_around(const std::string& proc, const std::string& sys) {
    const std::string hypervisor = sys + "/hypervisor";
    Presence presence;
    if (first_line(hypervisor + "/type") != "xen") return presence;
    const std::string capabilities = first_line(proc + "/xen/capabilities");
    const bool controls = capabilities.find("control_d") != std::string::npos;
    presence.role = controls || has_control_feature(hypervisor) ? Role::dom0 : Role::domu;
    presence.version = version_of(hypervisor);
    presence.guest_type = first_line(hypervisor + "/guest_type");
    return presence;
}

std::string describe(const Presence& presence) {
    const std::string xen = presence.version.empty() ? "Xen" : "Xen " + presence.version;
    const std::string_view type = presence.guest_type;
    switch (presence.role) {
        case Role::dom0: return type.empty() ? xen : fmt::format("{} ({} Domain-0)", xen, type);
        case Role::domu: break;
        case Role::none: return {};
    }
    if (type.empty()) return "guest of " + xen;
    return fmt::format("guest of {} ({}{})", xen, type, type == "PV" ? ", pv_ops" : "");
}

}  // namespace virtscope::xen
