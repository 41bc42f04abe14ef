#include "drivers/xen/libxl/xml_devices.h"

#include "drivers/xen/libxl/config.h"
#include "drivers/xen/libxl/mac.h"

namespace virtscope::libxl {
namespace {

using qemu::Element;
using qemu::Subset;

void read_disk_driver(const Element& driver, Subset& subset, libxl_device_disk& disk) {
    subset.only(driver, {"name", "type"});
    const std::string name = subset.one_of(driver, "name", driver.value("name"), {"", "qemu", "phy", "tap"});
    if (name == "qemu") disk.backend = LIBXL_DISK_BACKEND_QDISK;
    if (name == "phy") disk.backend = LIBXL_DISK_BACKEND_PHY;
    if (name == "tap") disk.backend = LIBXL_DISK_BACKEND_TAP;
    const std::string type = subset.one_of(driver, "type", driver.value("type"), {"", "raw", "qcow2", "vhd"});
    if (type == "qcow2") disk.format = LIBXL_DISK_FORMAT_QCOW2;
    if (type == "vhd") disk.format = LIBXL_DISK_FORMAT_VHD;
}

void read_disk_source(const Element& element, Subset& subset, libxl_device_disk& disk) {
    const bool block = subset.one_of(element, "type", element.value("type"), {"", "file", "block"}) == "block";
    if (const Element* source = element.child("source")) {
        const char* const key = block ? "dev" : "file";
        subset.only(*source, {key});
        set_text(disk.pdev_path, subset.path(*source, source->value(key)));
    } else if (disk.is_cdrom != 0) {
        disk.format = LIBXL_DISK_FORMAT_EMPTY;
    } else {
        subset.refuse(element, ErrorKind::malformed, "<disk> has no <source>");
    }
    if (const Element* script = element.child("script")) {
        subset.only(*script, {"path"});
        set_text(disk.script, script->value("path"));
    }
}

void read_disk(const Element& element, Subset& subset, libxl_domain_config& to) {
    subset.only(element, {"type", "device"}, {"driver", "source", "target", "readonly", "script"});
    libxl_device_disk& disk = append(to.disks, to.num_disks, libxl_device_disk_init);
    disk.is_cdrom = subset.one_of(element, "device", element.value("device"), {"", "disk", "cdrom"}) == "cdrom" ? 1 : 0;
    disk.removable = disk.is_cdrom;
    disk.readwrite = disk.is_cdrom != 0 || element.child("readonly") != nullptr ? 0 : 1;
    disk.format = LIBXL_DISK_FORMAT_RAW;
    if (const Element* driver = element.child("driver")) read_disk_driver(*driver, subset, disk);
    read_disk_source(element, subset, disk);
    const Element* const target = element.child("target");
    if (target == nullptr) return subset.refuse(element, ErrorKind::malformed, "<disk> has no <target dev=…>");
    subset.only(*target, {"dev", "bus"});
    subset.one_of(*target, "bus", target->value("bus"), {"", "xen", "ide"});
    set_text(disk.vdev, subset.word(*target, target->value("dev"), 16));
}

void read_nic(const Element& element, Subset& subset, libxl_domain_config& to) {
    subset.only(element, {"type"}, {"source", "target", "mac", "model", "script", "ip"});
    subset.one_of(element, "type", element.value("type"), {"bridge", "ethernet"});
    libxl_device_nic& nic = append(to.nics, to.num_nics, libxl_device_nic_init);
    nic.devid = to.num_nics - 1;
    if (to.c_info.type != LIBXL_DOMAIN_TYPE_HVM) nic.nictype = LIBXL_NIC_TYPE_VIF;
    if (const Element* source = element.child("source")) {
        subset.only(*source, {"bridge"});
        set_text(nic.bridge, subset.word(*source, source->value("bridge"), 15));
    }
    if (const Element* target = element.child("target")) {
        subset.only(*target, {"dev"});
        set_text(nic.ifname, subset.word(*target, target->value("dev"), 15));
    }
    if (const Element* mac = element.child("mac")) {
        subset.only(*mac, {"address"});
        if (!read_mac(mac->value("address"), nic.mac))
            subset.refuse(*mac, ErrorKind::malformed, "address of <mac> is not like 00:16:3e:12:34:56");
    }
    if (const Element* model = element.child("model")) {
        subset.only(*model, {"type"});
        const std::string name = subset.word(*model, model->value("type"), 16);
        if (name == "netfront")
            nic.nictype = LIBXL_NIC_TYPE_VIF;
        else
            set_text(nic.model, name);
    }
    if (const Element* script = element.child("script")) {
        subset.only(*script, {"path"});
        set_text(nic.script, script->value("path"));
    }
    if (const Element* ip = element.child("ip")) {
        subset.only(*ip, {"address"});
        set_text(nic.ip, ip->value("address"));
    }
}

void read_display(const Element& element, Subset& subset, libxl_domain_config& to) {
    subset.only(element, {"type", "port", "autoport", "listen"});
    subset.one_of(element, "type", element.value("type"), {"vnc"});
    libxl_vnc_info* vnc = &to.b_info.u.hvm.vnc;
    if (to.c_info.type != LIBXL_DOMAIN_TYPE_HVM) {
        libxl_device_vfb& display = append(to.vfbs, to.num_vfbs, libxl_device_vfb_init);
        display.devid = to.num_vfbs - 1;
        append(to.vkbs, to.num_vkbs, libxl_device_vkb_init).devid = to.num_vkbs - 1;
        vnc = &display.vnc;
    }
    libxl_defbool_set(&vnc->enable, true);
    if (element.attribute("listen") != nullptr) set_text(vnc->listen, element.value("listen"));
    const bool any =
        element.attribute("port") == nullptr || element.value("port") == "-1" || element.value("autoport") == "yes";
    libxl_defbool_set(&vnc->findunused, any);
    if (!any) vnc->display = static_cast<int>(subset.number(element, element.value("port"), 5900, 65535)) - 5900;
}

}  // namespace

void read_devices(const Element& devices, Subset& subset, libxl_domain_config& to) {
    subset.only(devices, {}, {"disk", "interface", "console", "graphics"});
    for (const Element& device : devices.children) {
        if (device.name == "disk") read_disk(device, subset, to);
        if (device.name == "interface") read_nic(device, subset, to);
        if (device.name == "graphics") read_display(device, subset, to);
        if (device.name == "console") {  // every guest has that one
            subset.only(device, {"type"}, {"target"});
            subset.one_of(device, "type", device.value("type"), {"", "pty"});
            if (const Element* target = device.child("target")) {
                subset.only(*target, {"type", "port"});
                subset.one_of(*target, "type", target->value("type"), {"", "xen"});
            }
        }
    }
}

}  // namespace virtscope::libxl
