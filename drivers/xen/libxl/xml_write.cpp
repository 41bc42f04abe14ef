#include <algorithm>
#include <string_view>

#include "drivers/qemu/definitions/xml.h"
#include "drivers/xen/libxl/mac.h"
#include "drivers/xen/libxl/xml.h"

namespace virtscope::libxl {
namespace {

using qemu::Element;
using Attributes = std::vector<std::pair<std::string, std::string>>;

Element element(std::string name, std::string text = "", Attributes attributes = {}) {
    return {std::move(name), 0, std::move(attributes), std::move(text), {}};
}

// Without space at its ends, which means nothing in any of them and is not read again.
void add_text(Element& to, const char* name, const char* text) {
    constexpr const char* space = " \t\r\n";
    std::string_view rest = text == nullptr ? std::string_view() : text;
    rest.remove_prefix(std::min(rest.find_first_not_of(space), rest.size()));
    rest = rest.substr(0, rest.find_last_not_of(space) + 1);
    if (!rest.empty()) to.children.push_back(element(name, std::string(rest)));
}

std::string kib(std::uint64_t count) { return std::to_string(count); }

Element os_of(const libxl_domain_config& config) {
    Element os = element("os");
    const libxl_domain_build_info& build = config.b_info;
    const bool is_hvm = config.c_info.type == LIBXL_DOMAIN_TYPE_HVM;
    const bool is_pvh = config.c_info.type == LIBXL_DOMAIN_TYPE_PVH;
    os.children.push_back(element("type", is_hvm ? "hvm" : is_pvh ? "xenpvh" : "xen"));
    if (is_hvm && build.u.hvm.boot != nullptr) {
        for (const char letter : std::string_view(build.u.hvm.boot)) {
            if (letter != 'c' && letter != 'd' && letter != 'n') continue;
            os.children.push_back(element("boot", "",
                                          {{"dev", letter == 'c'   ? "hd"
                                                   : letter == 'd' ? "cdrom"
                                                                   : "network"}}));
        }
    }
    add_text(os, "kernel", build.kernel);
    add_text(os, "initrd", build.ramdisk);
    add_text(os, "cmdline", build.cmdline);
    return os;
}

Element disk_of(const libxl_device_disk& disk, bool is_hvm) {
    const bool block = disk.backend == LIBXL_DISK_BACKEND_PHY || text_of(disk.pdev_path).starts_with("/dev/");
    Element made =
        element("disk", "", {{"type", block ? "block" : "file"}, {"device", disk.is_cdrom != 0 ? "cdrom" : "disk"}});
    Attributes driver;
    if (disk.backend == LIBXL_DISK_BACKEND_QDISK) driver.emplace_back("name", "qemu");
    if (disk.backend == LIBXL_DISK_BACKEND_PHY) driver.emplace_back("name", "phy");
    if (disk.backend == LIBXL_DISK_BACKEND_TAP) driver.emplace_back("name", "tap");
    if (disk.format == LIBXL_DISK_FORMAT_QCOW2) driver.emplace_back("type", "qcow2");
    if (disk.format == LIBXL_DISK_FORMAT_VHD) driver.emplace_back("type", "vhd");
    if (!driver.empty()) made.children.push_back(element("driver", "", std::move(driver)));
    if (!text_of(disk.pdev_path).empty())
        made.children.push_back(element("source", "", {{block ? "dev" : "file", disk.pdev_path}}));
    made.children.push_back(element(
        "target", "",
        {{"dev", text_of(disk.vdev)}, {"bus", is_hvm && text_of(disk.vdev).starts_with("hd") ? "ide" : "xen"}}));
    if (!text_of(disk.script).empty()) made.children.push_back(element("script", "", {{"path", disk.script}}));
    if (disk.readwrite == 0 && disk.is_cdrom == 0) made.children.push_back(element("readonly"));
    return made;
}

Element nic_of(const libxl_device_nic& nic) {
    Element made = element("interface", "", {{"type", nic.bridge != nullptr ? "bridge" : "ethernet"}});
    made.children.push_back(element("mac", "", {{"address", mac_text(nic.mac)}}));
    const auto add = [&](const char* name, const char* key, const char* value) {
        if (!text_of(value).empty()) made.children.push_back(element(name, "", {{key, value}}));
    };
    add("source", "bridge", nic.bridge);
    add("script", "path", nic.script);
    add("target", "dev", nic.ifname);
    add("ip", "address", nic.ip);
    add("model", "type", nic.model != nullptr ? nic.model : nic.nictype == LIBXL_NIC_TYPE_VIF ? "netfront" : nullptr);
    return made;
}

bool is_on(libxl_defbool value) { return !libxl_defbool_is_default(value) && libxl_defbool_val(value); }

void add_display(Element& devices, const libxl_vnc_info& vnc) {
    if (!is_on(vnc.enable)) return;
    const bool any = libxl_defbool_is_default(vnc.findunused) || libxl_defbool_val(vnc.findunused);
    Element made =
        element("graphics", "", {{"type", "vnc"}, {"port", any ? "-1" : std::to_string(5900 + vnc.display)}});
    if (!text_of(vnc.listen).empty()) made.attributes.emplace_back("listen", vnc.listen);
    devices.children.push_back(std::move(made));
}

Element devices_of(const libxl_domain_config& config) {
    const bool is_hvm = config.c_info.type == LIBXL_DOMAIN_TYPE_HVM;
    Element devices = element("devices");
    for (int i = 0; i < config.num_disks; ++i) devices.children.push_back(disk_of(config.disks[i], is_hvm));
    for (int i = 0; i < config.num_nics; ++i) devices.children.push_back(nic_of(config.nics[i]));
    for (int i = 0; i < config.num_vfbs; ++i) add_display(devices, config.vfbs[i].vnc);
    if (is_hvm) add_display(devices, config.b_info.u.hvm.vnc);
    return devices;
}

Element vcpu_of(const libxl_domain_build_info& build) {
    const int now = libxl_bitmap_count_set(&build.avail_vcpus);
    Element vcpu = element("vcpu", std::to_string(build.max_vcpus));
    if (now > 0 && now < build.max_vcpus) vcpu.attributes.emplace_back("current", std::to_string(now));
    return vcpu;
}

}  // namespace

std::string write_xml_config(const libxl_domain_config& config) {
    Element domain = element("domain", "", {{"type", "xen"}});
    add_text(domain, "name", config.c_info.name);
    if (const Uuid uuid = uuid_of(config.c_info.uuid); !uuid.is_nil())
        domain.children.push_back(element("uuid", uuid.text()));
    domain.children.push_back(element("memory", kib(config.b_info.max_memkb), {{"unit", "KiB"}}));
    if (config.b_info.target_memkb != 0 && config.b_info.target_memkb < config.b_info.max_memkb)
        domain.children.push_back(element("currentMemory", kib(config.b_info.target_memkb), {{"unit", "KiB"}}));
    domain.children.push_back(vcpu_of(config.b_info));
    add_text(domain, "bootloader", config.b_info.bootloader);
    domain.children.push_back(os_of(config));
    for (const auto& [name, action] :
         {std::pair{"on_poweroff", config.on_poweroff}, std::pair{"on_reboot", config.on_reboot},
          std::pair{"on_crash", config.on_crash}}) {
        if (action != 0) domain.children.push_back(element(name, name_of(action)));
    }
    domain.children.push_back(devices_of(config));
    return qemu::write_xml(domain);
}

}  // namespace virtscope::libxl
