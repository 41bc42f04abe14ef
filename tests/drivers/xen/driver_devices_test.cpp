// The Xen driver: disks of every kind of backend, and interfaces.
#include <array>
#include <doctest/doctest.h>

#include "../fake_qmp.h"
#include "xen_host.h"

using namespace virtscope;
using namespace virtscope::test;
namespace fs = std::filesystem;

TEST_CASE("a backend that comes later, goes and comes again") {
    Host host;
    host.xen.domains[1] = test::fake_domain(1);
    host.store->tell({facts(0, "Domain-0"), guest1()});
    host.tick();
    CHECK_FALSE(host.frame.get(0, DiskMetric::read_ops));
    const auto appears = [&](std::uint64_t reads) {
        host.tree.vbd(1, 51712, reads, 8);
        host.await([&] { return host.frame.get(0, DiskMetric::read_ops) == reads; });
    };
    appears(10);
    // What is kept open of a backend that is gone tells nothing any more.
    const fs::path folder = host.tree.root / "sys/bus/xen-backend/devices/vbd-1-51712/statistics";
    for (const auto& file : fs::directory_iterator(folder)) fs::resize_file(file, 0);
    CHECK_FALSE(host.tick().get(0, DiskMetric::read_ops));
    fs::remove_all(folder);
    appears(20);
}

TEST_CASE("an interface that comes later is found, though another one never comes") {
    Host host;
    host.xen.domains[1] = test::fake_domain(1);
    auto guest = guest1();
    guest.vifs.push_back({.device = 1, .name = "elsewhere", .bridge = "xenbr1"});
    guest.vifs.push_back({.device = 2, .name = "a/../b", .bridge = "xenbr1"});
    host.store->tell({facts(0, "Domain-0"), guest});
    host.tick();
    REQUIRE(host.driver->places()[1].nics.size() == 3);
    CHECK(host.driver->places()[1].nics[0].ifindex == 0);
    host.tree.write("sys/class/net/vif1.0/ifindex", "7\n");
    host.await([&] { return host.driver->places()[1].nics[0].ifindex == 7; });
    CHECK(host.driver->places()[1].nics[1].ifindex == 0);
}

TEST_CASE("a backend at rest is read again when it was notified") {
    Host host;
    host.xen.domains[1] = test::fake_domain(1);
    host.store->tell({facts(0, "Domain-0"), guest1()});
    const std::string folder = "sys/bus/xen-backend/devices/vbd-1-51712/";
    host.tree.write(folder + "xenbus/events", "7\n");
    host.tree.vbd(1, 51712, 10, 80);
    const auto reads = [&] { return host.tick().get(0, DiskMetric::read_ops); };
    const auto rest = [&](std::uint64_t at) {
        CHECK(reads() == at);
        CHECK(reads() == at);
    };
    CHECK(reads() == 10);
    rest(10);
    host.tree.write(folder + "statistics/rd_req", "11\n");
    CHECK(reads() == 10);  // nobody notified it: there can be no such request
    host.tree.write(folder + "xenbus/events", "8\n");
    CHECK(reads() == 11);
    host.tree.write(folder + "statistics/rd_req", "12\n");
    CHECK(reads() == 12);  // what it was notified of may be counted later
    rest(12);
    host.tree.write(folder + "statistics/rd_req", "13\n");
    unsigned ticks = 1;
    while (reads() == 12) ++ticks;  // however quiet it is, it is read now and then
    CHECK(ticks > 2);
    CHECK(ticks <= 17);
    CHECK(host.frame.get(0, DiskMetric::read_bytes) == 80 * 512);
}

TEST_CASE("a disk of each kind of backend; a QEMU that is silent is named, and costs its own disk") {
    using enum DiskMetric;
    Host host;
    fs::create_directories(host.tree.root / "run/xen");
    const std::string socket = host.tree.root / "run/xen/qmp-libxenstat-1";
    test::FakeQmp qemu(socket);
    qemu.script("query-blockstats", R"([{"device": "", "qdev": "/machine/unattached/device[5]", "node-name": "xvdb-raw", "stats": {"rd_operations": 5}}])");
    host.xen.domains[1] = test::fake_domain(1);
    auto guest = guest1();
    guest.vbds.push_back({.device = 51728, .kind = "qdisk", .name = "xvdb", .source = "/images/b.raw", .capacity = 1 << 20});
    guest.vbds.push_back({.device = 51744, .kind = "vbd3", .name = "xvdc", .source = "/dev/td", .capacity = 2 << 20});
    host.store->tell({facts(0, "Domain-0"), guest});
    host.tree.vbd(1, 51712, 10, 8);
    host.tree.write("proc/4242/stat", "4242 (tapdisk) S 1 1 1 0 -1 0 0 0 0 0 6 7 0 0 20 0 3 0 99 1 1");
    const std::array<std::uint64_t, 12> tapdisk{1, 0, 100, 99};  // version; oo_reqs; reads submitted, completed
    host.tree.write("dev/shm/td3-4242/vbd-1-51744", std::string(static_cast<const char*>(static_cast<const void*>(tapdisk.data())), sizeof tapdisk));
    const auto& disks = host.frame.table(Scope::Disk);
    host.await([&] { return host.frame.get(1, read_ops).has_value(); });
    CHECK(host.frame.get(0, read_ops) == 10);
    CHECK(host.frame.get(1, read_ops) == 5);
    CHECK(host.frame.get(1, capacity) == 1 << 20);
    CHECK(host.frame.get(2, read_ops) == 99);
    CHECK(host.guest(1).note.empty());
    CHECK(host.driver->counts().questions > 0);
    const auto quiet = host.driver->generation();
    // Each tick has the answer to the question of the one before, which is of its own time.
    const auto time = disks.row(1).time;
    host.await([&] { return disks.row(1).time > time; });
    CHECK(host.driver->generation() == quiet);

    qemu.mode = test::Mode::silent;
    host.await([&] { return !host.guest(1).note.empty(); });
    CHECK(host.guest(1).note == fmt::format("qdisk: {}: does not greet: another client has it, or QEMU hangs", socket));
    CHECK_FALSE(host.frame.get(1, read_ops));
    CHECK(disks.row(1).quality == Quality::stale);
    CHECK(host.frame.get(1, capacity) == 1 << 20);
    CHECK(host.frame.get(0, read_ops) == 10);
    CHECK(host.frame.get(1, GuestMetric::stale) == 0);
    qemu.mode = test::Mode::proper;
    host.await([&] { return host.guest(1).note.empty() && host.frame.get(1, read_ops) == 5; });
    // The process of its name is gone: its file stays, and tells nothing any more.
    fs::remove_all(host.tree.root / "proc/4242");
    CHECK_FALSE(host.tick().get(2, read_ops));
}

TEST_CASE("a reader of one frame waits for what QEMUs tell of disks") {
    Host host;
    fs::create_directories(host.tree.root / "run/xen");
    test::FakeQmp qemu(host.tree.root / "run/xen/qmp-libxenstat-1");
    qemu.script("query-blockstats", R"([{"device": "", "qdev": "/machine/unattached/device[5]", "node-name": "xvda-raw", "stats": {"rd_operations": 5}}])");
    host.xen.domains[1] = test::fake_domain(1);
    auto guest = guest1();
    guest.vbds[0].kind = "qdisk";
    host.store->tell({facts(0, "Domain-0"), guest});
    host.patience = std::chrono::seconds(30);
    CHECK(host.tick().get(0, DiskMetric::read_ops) == 5);
}
