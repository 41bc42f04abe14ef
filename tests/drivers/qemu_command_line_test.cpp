#include <fstream>
#include <iterator>
#include <random>
#include <string>

#include <doctest/doctest.h>

#include "drivers/qemu/command_line.h"
#include "drivers/qemu/endpoint.h"
#include "drivers/qemu/guest.h"
#include "drivers/qemu/witness.h"

using namespace virtscope;
using namespace virtscope::qemu;

namespace {

std::string fixture(const char* name) {
    std::ifstream file(std::string(VIRTSCOPE_FIXTURES) + "/" + name + ".cmdline", std::ios::binary);
    REQUIRE(file);
    return {std::istreambuf_iterator<char>(file), {}};
}

CommandLine parse(std::initializer_list<std::string_view> arguments) {
    std::string cmdline = std::string("qemu-system-x86_64") + '\0';
    for (const std::string_view argument : arguments) (cmdline += argument) += '\0';
    return parse_command_line(cmdline);
}

DiskStats disk(std::string name, bool virtio_blk, bool medium = true) {
    DiskStats stats;
    stats.name = std::move(name);
    stats.virtio_blk = virtio_blk;
    stats.medium = medium;
    return stats;
}

}  // namespace

TEST_CASE("options: commas, implied keys, flags") {
    const Options options = Options::parse("a,,b,debug-threads=on,server,nowait,x=1,x=2", "guest");
    CHECK(options.get("guest") == "a,b");
    CHECK(options.flag("debug-threads", false));
    CHECK(options.flag("server", false));
    CHECK_FALSE(options.flag("wait", true));
    CHECK(options.get("x") == "2");
    CHECK(options.get("missing").empty());
    CHECK(Options::parse("", "k").all().empty());
    CHECK(Options::parse(",,", "k").get("k") == ",");
}

TEST_CASE("options: JSON, nested members, hostile text") {
    const Options options = Options::parse(R"({"driver":"raw","file":{"driver":"file","filename":"/a,b"},"n":3})", "driver");
    CHECK(options.get("driver") == "raw");
    CHECK(options.get("file.filename") == "/a,b");
    CHECK(options.get("n") == "3");
    CHECK(Options::parse("{not json", "driver").get("driver") == "{not json");
    std::string deep(1000, '[');
    CHECK(Options::parse("{\"a\":" + deep, "driver").has("driver"));
}

TEST_CASE("sizes as QEMU reads them") {
    CHECK(parse_size("16", 1 << 20) == 16ULL << 20);
    CHECK(parse_size("16M", 1) == 16ULL << 20);
    CHECK(parse_size("1.5G", 1) == 1536ULL << 20);
    CHECK(parse_size("4194304k", 1) == 4ULL << 30);
    CHECK(parse_size("", 1) == 0);
    CHECK(parse_size("lots", 1) == 0);
    CHECK(parse_size("1Gx", 1) == 0);
    CHECK(parse_size("1e400", 1) == 0);
    CHECK(parse_size("nan", 1) == 0);
    CHECK(parse_size("-5M", 1) == 0);
}

TEST_CASE("libvirt's command line") {
    const CommandLine line = parse_command_line(fixture("libvirt"));
    CHECK(line.name == "web01");
    REQUIRE(line.uuid);
    CHECK(line.uuid->text() == "6d0d6a37-4d5e-4b3c-a5f5-3f0a1f9a6e11");
    CHECK(line.machine == "pc-q35-7.2");
    CHECK(line.accelerator == Accelerator::kvm);
    CHECK(line.memory == 4ULL << 30);
    CHECK(line.cpus == 4);
    CHECK(line.max_cpus == 8);
    const Endpoint endpoint = find_endpoint(line);
    CHECK(endpoint.kind == Endpoint::Kind::none);
    CHECK(endpoint.note == "monitor: belongs to libvirt");
    const auto disks = configured_disks(line);
    REQUIRE(disks.size() == 2);
    CHECK(disks[0].name == "virtio-disk0");
    CHECK(disks[0].source == "/var/lib/libvirt/images/web01.qcow2");
    CHECK(disks[1].source == "/dev/vg0/data");
    CHECK(completes_at_home(disk("virtio-disk0", true), line));
    CHECK(completes_at_home(disk("scsi0-0-0-0", false), line));
    CHECK_FALSE(completes_at_home(disk("hot-plugged-ide", false), line));
}

TEST_CASE("Proxmox's command line") {
    const CommandLine line = parse_command_line(fixture("proxmox"));
    CHECK(line.name == "mail");
    CHECK_FALSE(line.uuid);  // Proxmox gives it to the firmware tables only
    CHECK(line.machine == "pc+pve0");
    CHECK(line.memory == 2ULL << 30);
    CHECK(line.max_cpus == 2);
    CHECK(line.daemonize);
    CHECK_FALSE(line.serves_xen);
    CHECK(find_endpoint(line).note == "monitor: belongs to Proxmox VE");
    REQUIRE(line.nets.size() == 1);
    CHECK(line.nets[0].ifname == "tap100i0");
    const auto disks = configured_disks(line);
    REQUIRE(disks.size() == 2);
    CHECK(disks[1].name == "scsi0");
    CHECK(disks[1].source == "/dev/pve/vm-100-disk-0");
    CHECK(completes_at_home(disk("ide2", false, false), line));  // empty drive
    CHECK_FALSE(completes_at_home(disk("ide2", false, true), line));
}

TEST_CASE("a plain command line: what follows an option that takes a value is its value") {
    const CommandLine line = parse_command_line(fixture("plain"));
    CHECK(line.name == "a,b");
    CHECK_FALSE(line.uuid);  // the nil UUID is none, and the one in -append is the guest kernel's business
    CHECK(line.machine == "q35");
    CHECK(line.accelerator == Accelerator::kvm);
    CHECK(line.memory == 1536ULL << 20);
    CHECK(line.cpus == 4);
    const Endpoint endpoint = find_endpoint(line);
    CHECK(endpoint.kind == Endpoint::Kind::unix_path);
    CHECK(endpoint.path == "/tmp/q.sock");
    REQUIRE(line.nets.size() == 2);
    CHECK(line.nets[1].id == "u1");
    const auto disks = configured_disks(line);
    REQUIRE(disks.size() == 3);
    CHECK(disks[0].name == "vdc");
    CHECK(disks[0].source == "three.raw");
    CHECK(disks[1].source == "disk,one.img");
    CHECK(disks[2].name == "virtio0");
}

TEST_CASE("which monitors are ours") {
    const auto note = [](std::initializer_list<std::string_view> arguments) { return find_endpoint(parse(arguments)).note; };
    const auto kind = [](std::initializer_list<std::string_view> arguments) { return find_endpoint(parse(arguments)).kind; };
    CHECK(note({"-m", "16"}).starts_with("monitor: the guest has none"));
    CHECK(note({"-monitor", "unix:/tmp/hmp,server,nowait"}).starts_with("monitor: the guest has none"));
    CHECK(note({"-qmp", "stdio"}) == "monitor: on stdio, not on a socket");
    CHECK(note({"-qmp", "unix:/tmp/x"}) == "monitor: connects to its manager by itself");
    CHECK(note({"-qmp", "unix:/run/libvirt/qemu/x,server"}) == "monitor: belongs to libvirt");
    CHECK(note({"-qmp", "unix:/root/.config/libvirt/qemu/lib/x,server"}) == "monitor: belongs to libvirt");
    CHECK(note({"-qmp", "unix:/run/vc/vm/1/qmp.sock,server"}) == "monitor: belongs to Kata Containers");
    CHECK(note({"-qmp", "tcp:10.0.0.1:4444,server"}).find("network address") != std::string::npos);
    CHECK(kind({"-qmp", "tcp:127.0.0.1:4444,server"}) == Endpoint::Kind::tcp);
    CHECK(kind({"-qmp", "tcp:[::1]:4444,server=on"}) == Endpoint::Kind::tcp);
    CHECK(kind({"-qmp-pretty", "unix:rel.sock,server=on,wait=off"}) == Endpoint::Kind::unix_path);
    CHECK(kind({"-chardev", "socket,id=m,path=n,abstract=on,server=on", "-mon", "m,mode=control"}) ==
          Endpoint::Kind::unix_abstract);
    CHECK(kind({"-mon", R"({"chardev":"m","mode":"control"})", "-chardev", "socket,id=m,path=/a,server=on"}) ==
          Endpoint::Kind::unix_path);
    CHECK(note({"-chardev", "socket,id=m,path=/a,server=on,websocket=on", "-mon", "m,mode=control"}) ==
          "monitor: speaks websocket");
    // Where one is a manager's and another is free, the free one is used.
    CHECK(kind({"-qmp", "unix:/run/libvirt/q,server", "-qmp", "unix:/tmp/mine,server"}) == Endpoint::Kind::unix_path);
}

TEST_CASE("disks whose requests may complete in a vCPU thread") {
    CHECK_FALSE(completes_at_home(disk("vda", true), parse({"-device", "virtio-blk-pci,id=vda,ioeventfd=off"})));
    CHECK_FALSE(completes_at_home(disk("vdb", true), parse({"-device", "virtio-blk-pci,id=vda,ioeventfd=off"})));
    CHECK(completes_at_home(disk("vdb", true), parse({"-device", "virtio-blk-pci,id=vda"})));
    CHECK_FALSE(completes_at_home(disk("n0", false), parse({"-device", "nvme,id=n0,serial=1"})));
    CHECK_FALSE(completes_at_home(disk("s0", false), parse({"-device", "lsi53c895a", "-device", "scsi-hd,id=s0"})));
    CHECK_FALSE(completes_at_home(disk("s0", false), parse({"-device", "virtio-scsi-pci,ioeventfd=off", "-device", "scsi-hd,id=s0"})));
}

TEST_CASE("command lines are cut anywhere and changed anywhere: no crash, names stay bounded") {
    std::mt19937 random(1);
    for (const char* name : {"libvirt", "proxmox", "plain"}) {
        const std::string whole = fixture(name);
        for (std::size_t cut = 0; cut <= whole.size(); cut += 7) (void)parse_command_line(whole.substr(0, cut)).name;
        for (int round = 0; round < 300; ++round) {
            std::string changed = whole;
            for (int i = 0; i < 5; ++i) changed[random() % changed.size()] = static_cast<char>(random());
            const CommandLine line = parse_command_line(changed);
            CHECK(line.name.size() <= whole.size());
            CHECK(line.cpus >= 1);
            (void)find_endpoint(line).note;
        }
    }
}
