// Against libvirt's own test hypervisor, which lives in this process.
#include <doctest/doctest.h>

#include <thread>

#include "drivers/libvirt/connection.h"
#include "drivers/libvirt/definition.h"
#include "drivers/libvirt/open.h"
#include "drivers/libvirt/places.h"
#include "drivers/libvirt/stats.h"
#include "drivers/libvirt/uri.h"
#include "drivers/table.h"
#include "sampler/sampler.h"

using namespace virtscope;
using namespace std::chrono_literals;

TEST_CASE("libvirt's test host has one running guest with values") {
    Opened opened = open_libvirt("test:///default", {}, {});
    auto* driver = std::get_if<std::unique_ptr<Driver>>(&opened);
    REQUIRE(driver != nullptr);
    const auto refreshed = (*driver)->refresh(5s);
    CHECK(refreshed.has_value());
    const auto places = (*driver)->places();
    REQUIRE(places.size() == 1);
    CHECK(places[0].name == "test");
    CHECK(places[0].generation != 0);
    CHECK((*driver)->hypervisor().starts_with("TEST"));
}

TEST_CASE("a URI says on which machine the guests are") {
    using libvirt::machine_in;
    CHECK(machine_in("qemu+ssh://h7/system") == "h7");
    CHECK(machine_in("qemu+ssh://root@h7.example.org:2222/system?keyfile=/k") == "h7.example.org");
    CHECK(machine_in("qemu+tcp://127.0.0.1/system") == "127.0.0.1");
    CHECK(machine_in("qemu+tls://[2001:db8::7]:16514/system") == "2001:db8::7");
    CHECK(machine_in("esx://admin@vc?no_verify=1") == "vc");
    CHECK(machine_in("libvirt+qemu+ssh://h7/system") == "h7");
    CHECK(machine_in("libvirt+test:///default") == "test");
    for (const char* const ours : {"qemu:///system", "qemu+unix:///system?socket=/run/x", "lxc:///", "nothing", ""}) {
        CHECK(machine_in(ours).empty());
    }
    CHECK(machine_in("qemu+ssh://[").empty());
    CHECK(machine_of("test:///default?guests=3").empty());
    CHECK(machine_of("kvm:///").empty());
    CHECK(machine_of("libvirt+test:///default") == "test");
}

TEST_CASE("ssh is told to ask nothing") {
    using libvirt::never_asking;
    CHECK(never_asking("qemu+ssh://h7/system") == "qemu+ssh://h7/system?no_tty=1");
    CHECK(never_asking("qemu+ssh://h7/system?keyfile=/k") == "qemu+ssh://h7/system?keyfile=/k&no_tty=1");
    for (const char* const kept : {"qemu+ssh://h7/system?no_tty=0", "qemu+tcp://h7/system", "qemu:///system"}) {
        CHECK(never_asking(kept) == kept);
    }
}

TEST_CASE("the host of guests on another machine is that machine, not this one") {
    auto sampler = Sampler::open({.uris = {"libvirt+test:///default"}});
    REQUIRE(sampler.has_value());
    REQUIRE((*sampler)->reach(5s));
    // A tick in which libvirt is late says nothing of its machine.
    Frame frame;
    for (int i = 0; i < 50 && (i == 0 || !frame.get(0, HostMetric::cpus)); ++i) {
        if (i > 0) std::this_thread::sleep_for(100ms);
        (*sampler)->sample(frame);
    }
    CHECK(frame.get(0, HostMetric::cpus) == 16);  // as libvirt's mock has it
    CHECK(frame.get(0, HostMetric::memory_total) == std::uint64_t{3072} << 20);
    CHECK(frame.roster->host.arch == "i686");
    CHECK(frame.roster->host.kernel.empty());
    CHECK_FALSE(frame.roster->host.boot_id.empty());
    CHECK_FALSE(frame.get(0, HostMetric::psi_cpu_some));
    CHECK_FALSE(frame.get(0, HostMetric::load1));
    CHECK(frame.get(0, HostMetric::guests_running) == 1);
}

TEST_CASE("a machine that cannot be reached is not taken for this one") {
    auto sampler = Sampler::open({.uris = {"qemu+tcp://127.0.0.1:1/system"}});
    REQUIRE(sampler.has_value());
    const auto reached = (*sampler)->reach(5s);
    REQUIRE_FALSE(reached);
    CHECK(reached.error().message.starts_with("qemu+tcp://127.0.0.1:1/system: "));
    CHECK(reached.error().kind != ErrorKind::timeout);
    Frame frame;
    (*sampler)->sample(frame);
    CHECK(frame.roster->host.name == "127.0.0.1");
    CHECK_FALSE(frame.get(0, HostMetric::cpus));
    CHECK_FALSE(frame.get(0, HostMetric::memory_total));
}

TEST_CASE("one sampler is of one machine") {
    const auto mixed = Sampler::open({.uris = {"kvm:///", "qemu+ssh://h7/system"}});
    REQUIRE_FALSE(mixed);
    CHECK(mixed.error().message.starts_with("kvm:/// and qemu+ssh://h7/system are of two machines"));
    CHECK(Sampler::open({.uris = {"qemu+tcp://h7/system", "lxc+tcp://h7/"}}));
}

TEST_CASE("a hypervisor without bulk statistics is read guest by guest") {
    const auto loaded = libvirt::load_library();
    REQUIRE(loaded.has_value());
    libvirt::Library library = **loaded;
    library.virConnectGetAllDomainStats = [](virConnectPtr, unsigned, virDomainStatsRecordPtr**, unsigned) {
        return -1;
    };
    library.virGetLastErrorCode = []() -> int { return VIR_ERR_NO_SUPPORT; };
    const auto exchange = std::make_shared<libvirt::Exchange>();
    exchange->wanted = true;
    std::thread worker([&] { libvirt::run_connection(library, "test:///default", exchange); });
    std::unique_lock lock(exchange->mutex);
    (void)exchange->changed.wait_for(lock, 5s, [&] { return exchange->latest != nullptr; });
    exchange->closing = true;
    exchange->changed.notify_all();
    const auto latest = exchange->latest;
    lock.unlock();
    worker.join();
    REQUIRE(latest != nullptr);
    REQUIRE(latest->guests.size() == 1);
    const libvirt::GuestStats& guest = latest->guests[0];
    CHECK(guest.place.name == "test");
    CHECK(guest.place.generation != 0);
    CHECK(guest.state == GuestState::running);
    CHECK(guest.place.memory_max == std::uint64_t{8} << 30);
    CHECK(guest.numbers.contains("cpu.time"));
    CHECK(guest.numbers.at("vcpu.current") == 2);
    REQUIRE(guest.place.disks.size() == 1);
    CHECK(guest.numbers.contains("block.0.rd.reqs"));
}

TEST_CASE("what is no URI is another driver's") {
    const Opened opened = open_libvirt("nothing", {}, {});
    CHECK(std::holds_alternative<NotMine>(opened));
}

TEST_CASE("states and their reasons") {
    CHECK(libvirt::guest_state(VIR_DOMAIN_PAUSED, VIR_DOMAIN_PAUSED_IOERROR) == GuestState::paused_io);
    CHECK(libvirt::guest_state(VIR_DOMAIN_PAUSED, VIR_DOMAIN_PAUSED_USER) == GuestState::paused);
    CHECK(libvirt::guest_state(VIR_DOMAIN_SHUTOFF, 0) == GuestState::shut_off);
    CHECK(libvirt::guest_state(99, 0) == GuestState::unknown);
}

TEST_CASE("disks of a definition: files, empty drives, volumes, network") {
    const auto definition = libvirt::parse_definition(
        "<domain><memory unit='KiB'>16384</memory><os><type machine='pc'>hvm</type></os><devices>"
        "<disk><source file='/a&amp;b.raw'/><target dev='vda' bus='virtio'/><alias name='virtio-disk0'/></disk>"
        "<disk device='cdrom'><target dev='sda' bus='sata'/></disk>"
        "<disk><source pool='p' volume='v'/><target dev='vdb' bus='virtio'/></disk>"
        "<disk><source protocol='rbd' name='pool/image'/><target dev='vdc' bus='virtio'/></disk>"
        "<interface type='bridge'><target dev='vnet3'/></interface><interface type='hostdev'/></devices></domain>");
    REQUIRE(definition.has_value());
    CHECK(definition->machine == "pc");
    CHECK(definition->memory_max == std::uint64_t{16} << 20);
    REQUIRE(definition->disks.size() == 4);
    CHECK(definition->disks[0].target == "vda");
    CHECK(definition->disks[0].source.starts_with("/a"));
    CHECK(definition->disks[0].alias == "virtio-disk0");
    CHECK(definition->disks[1].source.empty());
    CHECK(definition->disks[2].source == "p/v");
    CHECK(definition->disks[3].source == "rbd:pool/image");
    CHECK(definition->nics == std::vector<std::string>{"vnet3"});
}

TEST_CASE("displays of a definition: addresses, sockets; what libvirt does not tell is not known") {
    const auto definition = libvirt::parse_definition(
        "<domain><devices><graphics type='vnc' port='5903' autoport='yes' listen='0.0.0.0'>"
        "<listen type='address' address='0.0.0.0'/></graphics>"
        "<graphics type='vnc' port='-1'><listen type='address' address='::1'/></graphics>"
        "<graphics type='spice' tlsPort='5904' listen='127.0.0.1'/>"
        "<graphics type='vnc'><listen type='socket' socket='/run/v.sock'/></graphics>"
        "<graphics type='spice'><listen type='none'/></graphics><graphics type='sdl'/></devices></domain>");
    REQUIRE(definition.has_value());
    const auto displays = libvirt::displays_of(*definition);
    REQUIRE(displays.size() == 4);
    CHECK(displays[0] == DisplayPlace{.name = "vnc", .source = "0.0.0.0:5903", .exposed = true, .port = 5903});
    CHECK(displays[1] == DisplayPlace{.name = "vnc2", .source = "[::1]:?"});
    CHECK(displays[2] == DisplayPlace{.name = "spice", .source = "127.0.0.1:5904", .port = 5904});
    CHECK(displays[3] == DisplayPlace{.name = "vnc3", .source = "/run/v.sock"});
    std::string many = "<domain><devices>";
    for (int i = 0; i < 100; ++i) many += "<graphics type='vnc' port='99999999' listen='a'/>";
    const auto bounded = libvirt::parse_definition(many + "</devices></domain>");
    REQUIRE(bounded.has_value());
    CHECK(bounded->displays.size() == 16);
    CHECK(bounded->displays[0].port == 0);
}

TEST_CASE("hostile definitions are refused") {
    CHECK_FALSE(libvirt::parse_definition("").has_value());
    CHECK_FALSE(libvirt::parse_definition("<domain>").has_value());
    CHECK_FALSE(libvirt::parse_definition("<network/>").has_value());
    CHECK_FALSE(libvirt::parse_definition(
                    "<!DOCTYPE d [<!ENTITY a SYSTEM \"file:///etc/passwd\">]><domain><os>&a;</os></domain>")
                    .has_value());
    CHECK_FALSE(libvirt::parse_definition(std::string(std::size_t{5} << 20, ' ')).has_value());
    std::string deep = "<domain>";
    for (int i = 0; i < 100; ++i) deep += "<a>";
    for (int i = 0; i < 100; ++i) deep += "</a>";
    CHECK_FALSE(libvirt::parse_definition(deep + "</domain>").has_value());
    CHECK(libvirt::parse_definition("<domain/>").has_value());
}
