#include "drivers/qemu/definitions/domain_devices.h"

#include <algorithm>
#include <set>

#include "core/text.h"

namespace virtscope::qemu {
namespace {

unsigned boot_order(const Element& device, Subset& subset) {
    const Element* boot = device.child("boot");
    if (boot == nullptr) return 0;
    subset.only(*boot, {"order"});
    return static_cast<unsigned>(subset.number(*boot, boot->value("order"), 1, 1000));
}

void read_disk_driver(const Element& driver, Subset& subset, DefinedDisk& disk) {
    subset.only(driver, {"name", "type", "cache", "io", "discard"});
    if (driver.attribute("name") != nullptr) subset.one_of(driver, "name", driver.value("name"), {"qemu"});
    if (driver.attribute("type") != nullptr)
        disk.format = subset.one_of(driver, "type", driver.value("type"), {"raw", "qcow2"});
    disk.cache = subset.one_of(driver, "cache", driver.value("cache"),
                               {"", "default", "none", "writeback", "writethrough", "directsync", "unsafe"});
    if (disk.cache == "default") disk.cache.clear();
    disk.io = subset.one_of(driver, "io", driver.value("io"), {"", "threads", "native", "io_uring"});
    disk.discard = subset.one_of(driver, "discard", driver.value("discard"), {"", "unmap", "ignore"});
    if (disk.io == "native" && disk.cache != "none" && disk.cache != "directsync") {
        subset.refuse(driver, ErrorKind::malformed, "io \"native\" needs cache \"none\" or \"directsync\"");
    }
}

std::string bus_of(std::string_view target) {
    if (target.starts_with("vd")) return "virtio";
    if (target.starts_with("hd")) return "ide";
    return target.starts_with("sd") ? "sata" : "virtio";
}

void read_disk(const Element& element, Subset& subset, Definition& to) {
    subset.only(element, {"type", "device"}, {"driver", "source", "target", "readonly", "boot", "serial"});
    DefinedDisk disk;
    const std::string type = subset.one_of(
        element, "type", element.attribute("type") != nullptr ? element.value("type") : "file", {"file", "block"});
    disk.block = type == "block";
    disk.cdrom = subset.one_of(element, "device", element.value("device"), {"", "disk", "cdrom"}) == "cdrom";
    if (const Element* driver = element.child("driver")) read_disk_driver(*driver, subset, disk);
    if (const Element* source = element.child("source")) {
        const char* key = disk.block ? "dev" : "file";
        subset.only(*source, {key});
        disk.path = subset.path(*source, source->value(key));
    } else if (!disk.cdrom) {
        subset.refuse(element, ErrorKind::malformed, "<disk> has no <source>");
    }
    const Element* target = element.child("target");
    if (target == nullptr) return subset.refuse(element, ErrorKind::malformed, "<disk> has no <target dev=…>");
    subset.only(*target, {"dev", "bus"});
    disk.target = subset.word(*target, target->value("dev"), 16);
    disk.bus = target->attribute("bus") == nullptr
                   ? bus_of(disk.target)
                   : subset.one_of(*target, "bus", target->value("bus"), {"virtio", "sata", "ide", "scsi"});
    if (disk.cdrom && disk.bus == "virtio")
        subset.refuse(*target, ErrorKind::malformed, "a CD-ROM cannot be on the virtio bus; use sata");
    disk.readonly = disk.cdrom || element.child("readonly") != nullptr;
    if (const Element* serial = element.child("serial")) disk.serial = subset.word(*serial, serial->text, 20);
    disk.boot_order = boot_order(element, subset);
    if (std::ranges::find(to.disks, disk.target, &DefinedDisk::target) != to.disks.end()) {
        subset.refuse(*target, ErrorKind::malformed,
                      fmt::format("two disks have the target {}", printable(disk.target)));
    }
    to.disks.push_back(std::move(disk));
}

std::string derived_mac(const Definition& of) {
    const std::size_t n = of.nics.size();
    const auto& b = of.uuid.bytes;
    return fmt::format("52:54:00:{:02x}:{:02x}:{:02x}", b[13], b[14], static_cast<std::uint8_t>(b[15] + n));
}

bool is_mac(std::string_view text) {
    if (text.size() != 17) return false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const bool colon = i % 3 == 2;
        if (colon ? text[i] != ':' : std::string_view("0123456789abcdefABCDEF").find(text[i]) == std::string_view::npos)
            return false;
    }
    return true;
}

void read_nic(const Element& element, Subset& subset, Definition& to) {
    subset.only(element, {"type"}, {"source", "target", "mac", "model", "boot"});
    DefinedNic nic;
    nic.type = subset.one_of(element, "type", element.value("type"), {"user", "bridge", "ethernet"});
    const Element* source = element.child("source");
    const Element* target = element.child("target");
    if (nic.type == "bridge") {
        if (source == nullptr)
            return subset.refuse(element, ErrorKind::malformed, "<interface type='bridge'> has no <source bridge=…>");
        subset.only(*source, {"bridge"});
        nic.source = subset.word(*source, source->value("bridge"), 15);
    } else if (source != nullptr) {
        subset.refuse(*source, ErrorKind::unsupported, "<source> belongs to interfaces of type bridge only");
    }
    if (nic.type == "ethernet") {
        if (target == nullptr)
            return subset.refuse(element, ErrorKind::malformed, "<interface type='ethernet'> has no <target dev=…>");
        subset.only(*target, {"dev"});
        nic.source = subset.word(*target, target->value("dev"), 15);
    } else if (target != nullptr) {
        subset.refuse(*target, ErrorKind::unsupported, "<target> belongs to interfaces of type ethernet only");
    }
    if (const Element* mac = element.child("mac")) {
        subset.only(*mac, {"address"});
        nic.mac = mac->value("address");
        if (!is_mac(nic.mac))
            subset.refuse(*mac, ErrorKind::malformed, "address of <mac> is not like 52:54:00:12:34:56");
    } else {
        nic.mac = derived_mac(to);
    }
    if (const Element* model = element.child("model")) {
        subset.only(*model, {"type"});
        nic.model = subset.one_of(*model, "type", model->value("type"), {"virtio", "e1000", "e1000e", "rtl8139"});
    }
    nic.boot_order = boot_order(element, subset);
    to.nics.push_back(std::move(nic));
}

void read_serial(const Element& element, Subset& subset, Definition& to) {
    subset.only(element, {"type"}, {"source", "target"});
    DefinedPort port{subset.one_of(element, "type", element.value("type"), {"pty", "unix", "file"}), {}};
    if (const Element* target = element.child("target")) {
        subset.only(*target, {"type", "port"});
        subset.one_of(*target, "type", target->value("type"), {"", "serial", "isa-serial"});
    }
    if (port.type != "pty") {
        const Element* source = element.child("source");
        if (source == nullptr) return subset.refuse(element, ErrorKind::malformed, "has no <source path=…>");
        subset.only(*source, {"path", "mode"});
        subset.one_of(*source, "mode", source->value("mode"), {"", "bind"});
        port.path = subset.path(*source, source->value("path"));
    }
    // A console is another name of the first serial port.
    if (element.name == "console" && !to.serials.empty()) return;
    to.serials.push_back(std::move(port));
    if (to.serials.size() > 4) subset.refuse(element, ErrorKind::malformed, "a PC has four serial ports at most");
}

void read_display(const Element& element, Subset& subset, Definition& to) {
    subset.only(element, {"type", "port", "autoport", "listen"});
    DefinedDisplay display;
    display.type = subset.one_of(element, "type", element.value("type"), {"vnc", "spice"});
    if (element.attribute("listen") != nullptr) {
        display.listen = element.value("listen");
        const bool address = !display.listen.empty() && display.listen.size() < 46 &&
                             display.listen.find_first_not_of("0123456789abcdefABCDEF.:") == std::string::npos;
        if (!address) subset.refuse(element, ErrorKind::malformed, "listen of <graphics> is no IP address");
    }
    const bool any =
        element.attribute("port") == nullptr || element.value("port") == "-1" || element.value("autoport") == "yes";
    if (!any) display.port = static_cast<int>(subset.number(element, element.value("port"), 5900, 65535));
    if (any && display.type == "spice")
        subset.refuse(element, ErrorKind::unsupported, "<graphics type='spice'> needs a port");
    to.displays.push_back(std::move(display));
}

void read_channel(const Element& element, Subset& subset, Definition& to) {
    subset.only(element, {"type"}, {"target", "source"});
    subset.one_of(element, "type", element.value("type"), {"unix"});
    const Element* target = element.child("target");
    if (target == nullptr) return subset.refuse(element, ErrorKind::malformed, "<channel> has no <target>");
    subset.only(*target, {"type", "name"});
    subset.one_of(*target, "type", target->value("type"), {"virtio"});
    subset.one_of(*target, "name", target->value("name"), {"org.qemu.guest_agent.0"});
    if (const Element* source = element.child("source"))
        subset.refuse(*source, ErrorKind::unsupported,
                      "<source> of <channel>: leave it out, the agent chooses the path");
    to.agent_channel = true;
}

void read_small(const Element& element, Subset& subset, Definition& to) {
    if (element.name == "video") {
        subset.only(element, {}, {"model"});
        const Element* model = element.child("model");
        if (model == nullptr) return subset.refuse(element, ErrorKind::malformed, "<video> has no <model type=…>");
        subset.only(*model, {"type"});
        to.video = subset.one_of(*model, "type", model->value("type"), {"vga", "cirrus", "virtio", "qxl", "none"});
        if (to.video == "none") to.video.clear();
    } else if (element.name == "input") {
        subset.only(element, {"type", "bus"});
        subset.one_of(element, "bus", element.value("bus"), {"", "usb", "ps2"});
        to.tablet |= subset.one_of(element, "type", element.value("type"), {"tablet", "mouse", "keyboard"}) == "tablet";
    } else if (element.name == "memballoon") {
        subset.only(element, {"model"});
        to.balloon = subset.one_of(element, "model", element.value("model"), {"virtio", "none"}) == "virtio";
    } else if (element.name == "rng") {
        subset.only(element, {"model"}, {"backend"});
        subset.one_of(element, "model", element.value("model"), {"virtio"});
        if (const Element* backend = element.child("backend")) {
            subset.only(*backend, {"model"});
            subset.one_of(*backend, "model", backend->value("model"), {"random"});
            if (!backend->text.empty()) subset.one_of(*backend, "device", backend->text, {"/dev/urandom"});
        }
        to.rng = true;
    } else {
        to.emulator = subset.path(element, element.text);
        if (!to.emulator.substr(to.emulator.rfind('/') + 1).starts_with("qemu-system-")) {
            subset.refuse(element, ErrorKind::unsupported, "<emulator> must be a qemu-system-… program");
        }
    }
}

void check_boot_orders(const Element& at, Subset& subset, const Definition& of) {
    std::set<unsigned> taken;
    const auto take = [&](unsigned order) {
        if (order == 0 || taken.insert(order).second) return;
        subset.refuse(at, ErrorKind::malformed, fmt::format("two devices have the boot order {}", order));
    };
    for (const DefinedDisk& disk : of.disks) take(disk.boot_order);
    for (const DefinedNic& nic : of.nics) take(nic.boot_order);
}

}  // namespace

void read_devices(const Element& devices, Subset& subset, Definition& to) {
    subset.only(devices, {},
                {"emulator", "disk", "interface", "serial", "console", "graphics", "video", "input", "memballoon",
                 "channel", "rng"});
    for (const Element& device : devices.children) {
        if (device.name == "disk")
            read_disk(device, subset, to);
        else if (device.name == "interface")
            read_nic(device, subset, to);
        else if (device.name == "serial" || device.name == "console")
            read_serial(device, subset, to);
        else if (device.name == "graphics")
            read_display(device, subset, to);
        else if (device.name == "channel")
            read_channel(device, subset, to);
        else
            read_small(device, subset, to);
    }
    check_boot_orders(devices, subset, to);
}

}  // namespace virtscope::qemu
