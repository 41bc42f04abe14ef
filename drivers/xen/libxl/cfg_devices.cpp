#include <algorithm>
#include <charconv>
#include <functional>
#include <optional>

#include "core/text.h"
#include "drivers/xen/libxl/cfg_read.h"
#include "drivers/xen/libxl/mac.h"

namespace virtscope::libxl {
namespace {

std::string_view trimmed(std::string_view text) {
    const std::size_t from = text.find_first_not_of(" \t");
    if (from == std::string_view::npos) return {};
    return text.substr(from, text.find_last_not_of(" \t") - from + 1);
}

// "mac=…,bridge=…": `take` gets each name and value, and says whether it knows the name.
using Take = std::function<bool(std::string_view name, const std::string& value)>;
void read_pairs(Cfg& cfg, const char* key, std::string_view spec, const Take& take) {
    for (std::string_view rest = spec; !trimmed(rest).empty();) {
        const std::size_t comma = rest.find(',');
        const std::string_view item = trimmed(rest.substr(0, comma));
        rest = comma == std::string_view::npos ? std::string_view() : rest.substr(comma + 1);
        const std::size_t equals = item.find('=');
        if (equals == std::string_view::npos) {
            return cfg.refuse(key, ErrorKind::malformed,
                              fmt::format("\"{}\" is not like name=value", printable(item, 64)));
        }
        const std::string_view name = trimmed(item.substr(0, equals));
        if (!take(name, std::string(trimmed(item.substr(equals + 1))))) {
            return cfg.refuse(
                key, ErrorKind::unsupported,
                fmt::format("virtscope does not know {}; see docs/xen-lifecycle.md", printable(name, 32)));
        }
    }
}

std::optional<int> small_number(Cfg& cfg, const char* key, const std::string& text, int most) {
    int value = -1;
    const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (code == std::errc() && end == text.data() + text.size() && value >= 0 && value <= most) return value;
    cfg.refuse(key, ErrorKind::malformed, fmt::format("\"{}\" is no number from 0 to {}", printable(text, 32), most));
    return std::nullopt;
}

bool take_nic(Cfg& cfg, libxl_device_nic& nic, std::string_view name, const std::string& value) {
    if (name == "mac") {
        if (!read_mac(value, nic.mac)) cfg.refuse("vif", ErrorKind::malformed, "mac is not like 00:16:3e:12:34:56");
    } else if (name == "bridge") {
        set_text(nic.bridge, value);
    } else if (name == "script") {
        set_text(nic.script, value);
    } else if (name == "ip") {
        set_text(nic.ip, value);
    } else if (name == "vifname") {
        set_text(nic.ifname, value);
    } else if (name == "model") {
        set_text(nic.model, value);
    } else if (name == "gatewaydev") {
        set_text(nic.gatewaydev, value);
    } else if (name == "rate") {
        cfg.rate("vif", value, nic);
    } else if (name == "mtu") {
        nic.mtu = small_number(cfg, "vif", value, 65535).value_or(0);
    } else if (name == "type") {
        if (value == "vif" || value == "netfront")
            nic.nictype = LIBXL_NIC_TYPE_VIF;
        else if (value == "ioemu")
            nic.nictype = LIBXL_NIC_TYPE_VIF_IOEMU;
        else
            cfg.refuse("vif", ErrorKind::malformed, "type is neither vif nor ioemu");
    } else {
        return false;
    }
    return true;
}

struct Vnc {
    libxl_vnc_info& info;
    Cfg& cfg;
    const char* key;

    // HVM's keys and vfb's names are the same.
    bool take(std::string_view name, const std::string& value) const {
        const auto flag = [&] { return small_number(cfg, key, value, 1).value_or(0) == 1; };
        if (name == "vnc")
            libxl_defbool_set(&info.enable, flag());
        else if (name == "vncunused")
            libxl_defbool_set(&info.findunused, flag());
        else if (name == "vncdisplay")
            info.display = small_number(cfg, key, value, 59635).value_or(0);
        else if (name == "vnclisten")
            return listen(value);
        else if (name == "vncpasswd")
            set_text(info.passwd, value);
        else
            return false;
        return true;
    }

    bool listen(const std::string& value) const {
        const std::size_t colon = value.rfind(':');
        const bool has_display = colon != std::string::npos && value.find(':') == colon;  // not an IPv6 address
        set_text(info.listen, value.substr(0, has_display ? colon : std::string::npos));
        if (has_display) info.display = small_number(cfg, key, value.substr(colon + 1), 59635).value_or(0);
        return true;
    }
};

void read_vfb(Cfg& cfg, libxl_domain_config& to, const std::string& spec) {
    libxl_device_vfb& display = append(to.vfbs, to.num_vfbs, libxl_device_vfb_init);
    display.devid = to.num_vfbs - 1;
    // A display of a guest without an emulated machine comes with its keyboard and mouse.
    append(to.vkbs, to.num_vkbs, libxl_device_vkb_init).devid = to.num_vkbs - 1;
    const Vnc vnc{display.vnc, cfg, "vfb"};
    read_pairs(cfg, "vfb", spec, [&](std::string_view name, const std::string& value) {
        if (name == "keymap") return set_text(display.keymap, value), true;
        if (name == "type") return value == "vnc" ? (libxl_defbool_set(&display.vnc.enable, true), true) : false;
        if (name == "sdl") return value == "0";
        return vnc.take(name, value);
    });
}

}  // namespace

void read_cfg_devices(Cfg& cfg, libxl_domain_config& to) {
    for (const std::string& spec : cfg.list("disk")) {
        libxl_device_disk& disk = append(to.disks, to.num_disks, libxl_device_disk_init);
        cfg.disk("disk", spec, disk);
    }
    for (const std::string& spec : cfg.list("vif")) {
        libxl_device_nic& nic = append(to.nics, to.num_nics, libxl_device_nic_init);
        nic.devid = to.num_nics - 1;
        if (to.c_info.type != LIBXL_DOMAIN_TYPE_HVM) nic.nictype = LIBXL_NIC_TYPE_VIF;
        read_pairs(cfg, "vif", spec,
                   [&](std::string_view name, const std::string& value) { return take_nic(cfg, nic, name, value); });
    }
}

void read_cfg_display(Cfg& cfg, libxl_domain_config& to) {
    const auto displays = cfg.list("vfb");
    if (to.c_info.type != LIBXL_DOMAIN_TYPE_HVM) {
        for (const std::string& spec : displays) read_vfb(cfg, to, spec);
        return;
    }
    if (!displays.empty())
        cfg.refuse("vfb", ErrorKind::unsupported, "is of guests without an emulated machine; use vnc = 1");
    for (const char* const key : {"vnc", "vncunused", "vncdisplay", "vnclisten", "vncpasswd"}) {
        if (const auto value = cfg.text(key)) Vnc{to.b_info.u.hvm.vnc, cfg, key}.take(key, *value);
    }
    if (const auto sdl = cfg.yes("sdl"); sdl.value_or(false)) {
        cfg.refuse("sdl", ErrorKind::unsupported, "needs somebody's desktop; use vnc");
    }
}

}  // namespace virtscope::libxl
