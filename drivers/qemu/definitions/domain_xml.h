// Definition: a guest as its domain XML describes it, in the subset of docs/guest-xml.md.
//
// What is not in the subset is named and refused, never passed over: a guest that starts is the guest that was written.
// All strings are as written: they pass through printable() where they are shown.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "core/uuid.h"

namespace virtscope::qemu {

struct DefinedDisk {
    bool cdrom = false;
    bool block = false;          // a block device of the host, else a file
    std::string path;            // absolute; empty: a CD-ROM drive with no medium
    std::string format = "raw";  // or qcow2
    std::string cache;           // none, writeback, writethrough, directsync, unsafe; empty: QEMU's own
    std::string io;              // threads, native, io_uring; empty: QEMU's own
    std::string discard;         // unmap, ignore; empty: QEMU's own
    std::string target;          // "vda": unique, also the device's id
    std::string bus = "virtio";  // sata, ide, scsi
    std::string serial;
    bool readonly = false;
    unsigned boot_order = 0;  // 0: not booted from
};

struct DefinedNic {
    std::string type;    // user, bridge, ethernet
    std::string source;  // the bridge, or the tap device of type ethernet
    std::string mac;     // derived from the guest's UUID where not written
    std::string model = "virtio";
    unsigned boot_order = 0;
};

struct DefinedPort {
    std::string type;  // pty, unix, file
    std::string path;
};

struct DefinedDisplay {
    std::string type;  // vnc, spice
    std::string listen = "127.0.0.1";
    int port = -1;  // -1: the first free one (VNC)
};

struct Definition {
    std::string name;
    Uuid uuid;
    bool accelerated = true;   // domain type kvm
    std::uint64_t memory = 0;  // bytes
    std::uint64_t current_memory = 0;
    unsigned vcpus = 1;
    unsigned max_vcpus = 1;
    std::string arch = "x86_64";
    std::string machine = "pc";
    std::string emulator;  // absolute; empty: the host's own for `arch`
    std::string kernel, initrd, cmdline;
    bool efi = false;               // UEFI as this host has it; loader and nvram may be empty till the start
    std::string loader, nvram;      // UEFI: code (read only) and this guest's variables
    std::string nvram_template;     // what nvram is made from; empty: as the firmware comes with it
    std::vector<std::string> boot;  // hd, cdrom, network; where no device has an order of its own
    bool acpi = false;
    std::string cpu;  // "host", "max", a model; empty: QEMU's own
    bool localtime = false;
    bool poweroff_preserves = false;
    bool reboot_destroys = false;
    bool crash_preserves = false;
    std::vector<DefinedDisk> disks;
    std::vector<DefinedNic> nics;
    std::vector<DefinedPort> serials;
    std::vector<DefinedDisplay> displays;
    std::string video;  // vga, cirrus, virtio, qxl; empty: none
    bool tablet = false;
    bool balloon = true;
    bool agent_channel = false;
    bool rng = false;
    std::string xml;  // the definition in canonical form, with the UUID
};

// May a guest be called so? A name is also that of files and folders: no path can be made of it. Errors: malformed.
Result<> check_guest_name(std::string_view name);

// Reads and checks what the text alone tells; images are looked for at the start. A definition without a UUID gets one.
// Errors: malformed (no XML, a contradiction), unsupported (outside the subset), with the line.
Result<Definition> read_definition(std::string_view text);

}  // namespace virtscope::qemu
