#include "drivers/qemu/definitions/argv.h"

#include <algorithm>

#include "core/text.h"

namespace virtscope::qemu {
namespace {

using Arguments = std::vector<std::string>;

std::string doubled(std::string_view value) {
    std::string out;
    for (const char c : value) {
        out += c;
        if (c == ',') out += c;
    }
    return out;
}

void add(Arguments& to, std::string_view option, std::string value) {
    to.emplace_back(option);
    to.push_back(std::move(value));
}

void add_monitors(Arguments& to, const StartPlan& plan) {
    for (const std::string_view which : {"monitor", "control"}) {
        add(to, "-chardev",
            fmt::format("socket,id=virtscope-{0},path={1}/{0}.sock,server=on,wait=off", which,
                        doubled(plan.run_folder)));
        add(to, "-mon", fmt::format("chardev=virtscope-{},mode=control", which));
    }
}

std::string boot_index(unsigned order) { return order == 0 ? std::string() : fmt::format(",bootindex={}", order); }

// Where the drive plugs in; counts what each bus has.
struct Buses {
    unsigned ide = 0;
    unsigned sata = 0;
    unsigned scsi = 0;
};

Result<std::string> drive_device(const Definition& guest, const DefinedDisk& disk, Buses& buses) {
    const bool q35 = guest.machine.find("q35") != std::string::npos;
    const std::string_view kind = disk.cdrom ? "cd" : "hd";
    if (disk.bus == "virtio") return std::string("virtio-blk-pci");
    if (disk.bus == "scsi") return fmt::format("scsi-{},bus=scsi0.0,scsi-id={}", kind, buses.scsi++);
    if (disk.bus == "sata") {
        if (buses.sata == 6) return fail(ErrorKind::unsupported, "more than six disks on the sata bus; use virtio");
        const unsigned port = buses.sata++;
        return fmt::format("ide-{},bus={}.{}", kind, q35 ? "ide" : "sata0", port);
    }
    if (q35)
        return fail(ErrorKind::unsupported, "disk {}: machine q35 has no ide bus; use sata", printable(disk.target));
    if (buses.ide == 4) return fail(ErrorKind::unsupported, "more than four disks on the ide bus; use virtio");
    const unsigned unit = buses.ide++;
    return fmt::format("ide-{},bus=ide.{},unit={}", kind, unit / 2, unit % 2);
}

std::string block_node(const DefinedDisk& disk) {
    const std::string_view protocol = disk.block ? "host_device" : "file";
    const auto flag = [](bool value) { return value ? "on" : "off"; };
    std::string node = fmt::format("driver={},node-name=node-{},read-only={},file.driver={},file.filename={}",
                                   disk.format, disk.target, flag(disk.readonly), protocol, doubled(disk.path));
    if (!disk.io.empty()) node += fmt::format(",file.aio={}", disk.io);
    if (!disk.discard.empty()) node += fmt::format(",discard={0},file.discard={0}", disk.discard);
    if (disk.cache.empty()) return node;
    const bool direct = disk.cache == "none" || disk.cache == "directsync";
    const bool no_flush = disk.cache == "unsafe";
    return node + fmt::format(",cache.direct={0},cache.no-flush={1},file.cache.direct={0},file.cache.no-flush={1}",
                              flag(direct), flag(no_flush));
}

Result<> add_disks(Arguments& to, const Definition& guest) {
    const auto on = [&](std::string_view bus) {
        return std::ranges::any_of(guest.disks, [&](const DefinedDisk& d) { return d.bus == bus; });
    };
    if (on("scsi")) add(to, "-device", "virtio-scsi-pci,id=scsi0");
    if (on("sata") && guest.machine.find("q35") == std::string::npos) add(to, "-device", "ahci,id=sata0");
    Buses buses;
    for (const DefinedDisk& disk : guest.disks) {
        auto device = drive_device(guest, disk, buses);
        if (!device) return std::unexpected(device.error());
        if (!disk.path.empty()) {
            add(to, "-blockdev", block_node(disk));
            *device += fmt::format(",drive=node-{}", disk.target);
        }
        *device += fmt::format(",id={}", disk.target);
        if (!disk.serial.empty()) *device += fmt::format(",serial={}", disk.serial);
        if (disk.cache == "writethrough" || disk.cache == "directsync") *device += ",write-cache=off";
        add(to, "-device", *device + boot_index(disk.boot_order));
    }
    return {};
}

void add_nics(Arguments& to, const Definition& guest) {
    for (std::size_t i = 0; i < guest.nics.size(); ++i) {
        const DefinedNic& nic = guest.nics[i];
        std::string backend = fmt::format("user,id=net{}", i);
        if (nic.type == "bridge") backend = fmt::format("bridge,id=net{},br={}", i, nic.source);
        if (nic.type == "ethernet")
            backend = fmt::format("tap,id=net{},ifname={},script=no,downscript=no", i, nic.source);
        add(to, "-netdev", backend);
        const std::string model = nic.model == "virtio" ? "virtio-net-pci" : nic.model;
        add(to, "-device",
            fmt::format("{},netdev=net{},id=nic{},mac={}{}", model, i, i, nic.mac, boot_index(nic.boot_order)));
    }
}

void add_serials(Arguments& to, const Definition& guest) {
    for (std::size_t i = 0; i < guest.serials.size(); ++i) {
        const DefinedPort& port = guest.serials[i];
        std::string backend = fmt::format("pty,id=serial{}", i);
        if (port.type == "file") backend = fmt::format("file,id=serial{},path={}", i, doubled(port.path));
        if (port.type == "unix")
            backend = fmt::format("socket,id=serial{},path={},server=on,wait=off", i, doubled(port.path));
        add(to, "-chardev", backend);
        add(to, "-device", fmt::format("isa-serial,chardev=serial{}", i));
    }
}

void add_displays(Arguments& to, const Definition& guest) {
    add(to, "-display", "none");
    for (const DefinedDisplay& display : guest.displays) {
        const bool v6 = display.listen.find(':') != std::string::npos;
        const std::string host = v6 ? "[" + display.listen + "]" : display.listen;
        if (display.type == "spice") {
            add(to, "-spice", fmt::format("port={},addr={},disable-ticketing=on", display.port, display.listen));
        } else if (display.port < 0) {
            add(to, "-vnc", host + ":0,to=99");
        } else {
            add(to, "-vnc", fmt::format("{}:{}", host, display.port - 5900));
        }
    }
    if (guest.video == "vga") add(to, "-device", "VGA");
    if (guest.video == "cirrus") add(to, "-device", "cirrus-vga");
    if (guest.video == "virtio") add(to, "-device", "virtio-vga");
    if (guest.video == "qxl") add(to, "-device", "qxl-vga");
}

void add_small_devices(Arguments& to, const Definition& guest, const StartPlan& plan) {
    if (guest.tablet) {
        add(to, "-device", "qemu-xhci,id=usb");
        add(to, "-device", "usb-tablet,bus=usb.0");
    }
    if (guest.balloon) add(to, "-device", "virtio-balloon-pci,id=balloon0");
    if (guest.agent_channel) {
        add(to, "-chardev",
            fmt::format("socket,id=agent0,path={}/agent.sock,server=on,wait=off", doubled(plan.run_folder)));
        add(to, "-device", "virtio-serial-pci,id=virtio-serial0");
        add(to, "-device", "virtserialport,bus=virtio-serial0.0,chardev=agent0,name=org.qemu.guest_agent.0");
    }
    if (guest.rng) {
        add(to, "-object", "rng-random,id=rng0,filename=/dev/urandom");
        add(to, "-device", "virtio-rng-pci,rng=rng0");
    }
}

void add_boot(Arguments& to, const Definition& guest) {
    if (!guest.loader.empty()) {
        add(to, "-drive", fmt::format("if=pflash,unit=0,format=raw,readonly=on,file={}", doubled(guest.loader)));
        add(to, "-drive", fmt::format("if=pflash,unit=1,format=raw,file={}", doubled(guest.nvram)));
    }
    if (!guest.kernel.empty()) add(to, "-kernel", guest.kernel);
    if (!guest.initrd.empty()) add(to, "-initrd", guest.initrd);
    if (!guest.cmdline.empty()) add(to, "-append", guest.cmdline);
    std::string order;
    for (const std::string& device : guest.boot) order += device == "hd" ? 'c' : device == "cdrom" ? 'd' : 'n';
    if (!order.empty()) add(to, "-boot", "order=" + order);
}

void add_actions(Arguments& to, const Definition& guest) {
    if (guest.poweroff_preserves) add(to, "-action", "shutdown=pause");
    if (guest.reboot_destroys) add(to, "-action", "reboot=shutdown");
    if (guest.crash_preserves) add(to, "-action", "panic=pause");
}

std::string cpu_of(const Definition& guest, bool kvm) {
    if (guest.cpu == "host" && !kvm) return "max";  // "host" is KVM's alone
    return guest.cpu;
}

}  // namespace

Result<std::vector<std::string>> command_line_for(const Definition& guest, const StartPlan& plan) {
    const bool kvm = guest.accelerated && plan.kvm;
    Arguments to{plan.program, "-nodefaults", "-no-user-config"};
    add(to, "-name", fmt::format("guest={},debug-threads=on", doubled(guest.name)));
    add(to, "-uuid", guest.uuid.text());
    add(to, "-machine",
        fmt::format("{},accel={},acpi={}", guest.machine, kvm ? "kvm" : "tcg", guest.acpi ? "on" : "off"));
    if (const std::string cpu = cpu_of(guest, kvm); !cpu.empty()) add(to, "-cpu", cpu);
    add(to, "-m", fmt::format("size={}k", guest.memory / 1024));
    add(to, "-smp", fmt::format("cpus={},maxcpus={}", guest.vcpus, guest.max_vcpus));
    add(to, "-rtc", guest.localtime ? "base=localtime" : "base=utc");
    if (plan.paused) to.emplace_back("-S");
    if (plan.incoming) add(to, "-incoming", "defer");
    // Not spawn=deny nor elevateprivileges=deny: they forbid what -daemonize does.
    add(to, "-sandbox", "on,obsolete=deny,resourcecontrol=deny");
    to.emplace_back("-daemonize");
    add(to, "-pidfile", plan.run_folder + "/pid");
    add_monitors(to, plan);
    add_boot(to, guest);
    add_actions(to, guest);
    if (auto disks = add_disks(to, guest); !disks) return std::unexpected(disks.error());
    add_nics(to, guest);
    add_serials(to, guest);
    add_displays(to, guest);
    add_small_devices(to, guest, plan);
    return to;
}

}  // namespace virtscope::qemu
