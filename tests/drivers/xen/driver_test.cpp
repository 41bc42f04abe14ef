// The Xen driver over a hypervisor, a xenstore and a sysfs that the test makes up.
#include "drivers/xen/driver.h"

#include <array>
#include <cerrno>
#include <cstdlib>
#include <doctest/doctest.h>
#include <filesystem>
#include <fstream>
#include <functional>
#include <thread>

#include "core/clock.h"
#include "../fake_qmp.h"
#include "fake_xen.h"
#include "sampler/enlistment.h"

using namespace virtscope;
namespace fs = std::filesystem;

namespace {

class Tree {
public:
    Tree() {
        char name[] = "/tmp/virtscope-xen-XXXXXX";
        root = ::mkdtemp(name);
    }
    ~Tree() {
        std::error_code ignored;
        fs::remove_all(root, ignored);
    }
    Tree(const Tree&) = delete;
    Tree& operator=(const Tree&) = delete;
    void write(const std::string& file, const std::string& text) const {
        fs::create_directories((root / file).parent_path());
        std::ofstream(root / file) << text;
    }
    // A backend of Domain-0's kernel with these numbers of reads and sectors read.
    void vbd(int domid, int device, std::uint64_t reads, std::uint64_t sectors) const {
        const std::string folder = fmt::format("sys/bus/xen-backend/devices/vbd-{}-{}/statistics/", domid, device);
        for (const auto& [file, number] : std::initializer_list<std::pair<const char*, std::uint64_t>>{
                 {"rd_req", reads}, {"rd_sect", sectors}, {"wr_req", 47}, {"wr_sect", 12032}, {"oo_req", 3}, {"f_req", 5}, {"ds_req", 2}}) {
            write(folder + file, fmt::format("{}\n", number));
        }
    }
    fs::path root;
};

class FakeStore final : public xen::Store {
public:
    void follow(std::span<const xen::DomainKey> domains) override { followed.assign(domains.begin(), domains.end()); }
    std::shared_ptr<const xen::StoreState> state() const override { return std::make_shared<xen::StoreState>(now); }
    void tell(std::vector<xen::DomainFacts> domains) {
        now.domains = std::move(domains);
        ++now.generation;
    }
    std::vector<xen::DomainKey> followed;
    xen::StoreState now;
};

xen::DomainFacts facts(std::uint32_t domid, std::string name) {
    const Uuid uuid{test::fake_domain(static_cast<std::uint16_t>(domid)).info.handle};
    return {.domid = domid, .uuid = uuid, .name = std::move(name), .start_realtime = 1'795'449'682'410'000'000,
            .memory_target = 100ULL << 20, .vbds = {}, .vifs = {}};
}

xen::DomainFacts guest1() {
    auto guest = facts(1, "guest1");
    guest.memory_most = 128ULL << 20;
    guest.vbds = {{.device = 51712, .kind = "vbd", .name = "xvda", .source = "/dev/loop1", .capacity = 16ULL << 20}};
    guest.vifs = {{.device = 0, .name = "vif1.0", .bridge = "xenbr0"}};
    return guest;
}

// A host with a driver, sampled as the sampler does.
struct Host {
    Host() {
        tree.write("proc/sys/kernel/random/boot_id", "boot\n");
        auto store_of_its_own = std::make_unique<FakeStore>();
        store = store_of_its_own.get();
        const DriverHost roots{.proc = tree.root / "proc", .sys = tree.root / "sys", .dev = tree.root / "dev", .run = tree.root / "run"};
        driver = std::make_unique<xen::XenDriver>([this] { return xen::Hypervisor::open(xen.privcmd()); }, std::move(store_of_its_own), "Xen 4.17.7", roots,
                                                  DriverOptions{}, nullptr);
    }

    // Ticks until it is so, half a minute at most.
    void await(const std::function<bool()>& is_so) {
        const auto begin = Clock::now();
        for (tick(); !is_so(); tick()) {
            REQUIRE(Clock::now() - begin < std::chrono::seconds(30));
            std::this_thread::sleep_for(std::chrono::milliseconds(5));
        }
    }

    const Frame& tick() {
        refreshed = driver->refresh(patience);
        auto roster = std::make_shared<Roster>();
        if (const auto* cpus = driver->processors()) roster->cpus = *cpus;
        const Party party{driver->name(), driver->places(), false, true};
        Enlistment enlisted = enlist({&party, 1}, clock_ns(CLOCK_REALTIME), false, nullptr, *roster);
        frame.reset(roster);
        driver->ask(enlisted.slots[0], frame, Clock::now());
        return frame;
    }
    const RosterGuest& guest(std::size_t row) const { return frame.roster->guests.at(row); }

    Tree tree;
    test::FakeXen xen;
    FakeStore* store = nullptr;
    std::unique_ptr<xen::XenDriver> driver;
    Frame frame;
    Result<> refreshed;
    Clock::duration patience{};
};

GuestState state_in(const Frame& frame, std::size_t row) { return state_of(frame.get(row, GuestMetric::state).value_or(0)); }

}  // namespace

TEST_CASE("domains: what Xen, xenstore and sysfs say of them") {
    using enum GuestMetric;
    Host host;
    host.xen.domains[1] = test::fake_domain(1, 2);
    host.xen.domains[1].weight = 512;
    host.xen.domains[1].cap = 150;
    host.store->tell({facts(0, "Domain-0"), guest1()});
    host.tree.vbd(1, 51712, 238, 60184);
    host.tree.write("sys/class/net/vif1.0/ifindex", "7\n");
    const Frame& frame = host.tick();
    REQUIRE(frame.roster->guests.size() == 2);
    CHECK(host.guest(0).name == "Domain-0");
    CHECK(host.guest(0).local_id == 0);
    CHECK_FALSE(host.guest(0).uuid.is_nil());
    CHECK(host.guest(1).name == "guest1");
    CHECK(host.guest(1).uuid.text() == "20c32b6e-e757-11f1-b26f-000000000001");
    CHECK(host.guest(1).machine == "xen-pv");
    CHECK(host.guest(1).note.empty());
    CHECK(frame.roster->disks.at(0).name == "xvda");
    CHECK(frame.roster->nics.at(0).source == "xenbr0");
    CHECK(host.driver->places()[1].nics[0].ifindex == 7);
    CHECK(state_in(frame, 1) == GuestState::blocked);
    CHECK(frame.get(1, cpu_time) == 2'000'000'000);
    CHECK(frame.get(1, vcpus) == 2);
    CHECK(frame.get(1, memory_balloon) == 128ULL << 20);
    CHECK(frame.get(1, memory_max) == 128ULL << 20);
    CHECK(frame.get(0, memory_max) == 129ULL << 20);  // xenstore does not tell: Xen's limit
    CHECK(frame.get(1, memory_target) == 100ULL << 20);
    CHECK(frame.get(1, start_time) == 1'795'449'682'410'000'000);
    CHECK(frame.get(1, cpu_weight) == 512);
    CHECK(frame.get(1, cpu_cap) == 1500);
    CHECK_FALSE(frame.get(0, cpu_cap));
    CHECK_FALSE(frame.get(1, cpu_wait));
    CHECK(frame.get(2, VcpuMetric::time) == 1'000'000'000);
    CHECK(frame.get(2, VcpuMetric::cpu) == 1);
    CHECK(frame.get(0, DiskMetric::read_ops) == 238);
    CHECK(frame.get(0, DiskMetric::read_bytes) == 60184 * 512);
    CHECK(frame.get(0, DiskMetric::queue_full) == 3);
    CHECK(frame.get(0, DiskMetric::flush_ops) == 5);
    CHECK(frame.get(0, DiskMetric::capacity) == 16ULL << 20);
    CHECK_FALSE(frame.get(0, DiskMetric::in_flight));
}

// docs/metrics.md promises it, "yes" in the column of Xen.
TEST_CASE("exactly what docs/metrics.md says is told, is told") {
    std::ifstream file(VIRTSCOPE_DOCS "/metrics.md");
    const std::string text{std::istreambuf_iterator<char>(file), {}};
    Host host;
    host.xen.domains[1] = test::fake_domain(1);
    host.xen.domains[1].cap = 50;
    host.store->tell({facts(0, "Domain-0"), guest1()});
    host.tree.vbd(1, 51712, 1, 8);
    const Frame& frame = host.tick();
    for (const auto& [scope, row] : {std::pair(Scope::Guest, 1), std::pair(Scope::Vcpu, 1), std::pair(Scope::Disk, 0)}) {
        for (std::size_t column = 0; column < metrics(scope).size(); ++column) {
            const Metric& metric = metrics(scope)[column];
            const std::string name = fmt::format("| `{}.{}` |", scope_name(scope), metric.name);
            const std::size_t at = text.find(name);
            REQUIRE_MESSAGE(at != std::string::npos, name);
            const std::size_t of_xen = text.find('|', at + name.size()) + 2;
            CHECK_MESSAGE(frame.table(scope).has(static_cast<std::size_t>(row), column) == (text.substr(of_xen, 3) == "yes"), name);
        }
    }
}

TEST_CASE("a tick is one hypercall for all domains, one for all vCPUs, two for the machine") {
    Host host;
    for (std::uint16_t i = 1; i <= 100; ++i) host.xen.domains[i] = test::fake_domain(i, 2);
    std::vector<xen::DomainFacts> all;
    for (std::uint16_t i = 0; i <= 100; ++i) all.push_back(facts(i, fmt::format("guest{}", i)));
    host.store->tell(all);
    host.tick();
    const auto before = host.xen.hypercalls;
    CHECK(host.tick().roster->guests.size() == 101);
    CHECK(host.xen.hypercalls - before == 4);
    CHECK(host.frame.get(200, VcpuMetric::time));
}

TEST_CASE("a domain in a pool of CPUs with another scheduler has its weight, too") {
    Host host;
    for (const auto& [domid, scheduler] : {std::pair<std::uint16_t, std::uint32_t>{1, 5}, {2, 8}}) {
        host.xen.domains[domid] = test::fake_domain(domid);
        host.xen.domains[domid].weight = 512;
        host.xen.domains[domid].scheduler = scheduler;
    }
    host.store->tell({facts(0, "Domain-0"), facts(1, "credit"), facts(2, "rtds")});
    host.tick();
    CHECK(host.frame.get(0, GuestMetric::cpu_weight) == 256);
    CHECK(host.frame.get(1, GuestMetric::cpu_weight) == 512);
    CHECK_FALSE(host.frame.get(2, GuestMetric::cpu_weight));
}

TEST_CASE("states") {
    using namespace xen::abi;
    test::FakeDomain domain = test::fake_domain(1);
    const auto with = [&](std::uint32_t flags) {
        domain.info.flags = flags;
        return xen::state_of_domain(domain.info);
    };
    const auto reason = [](Shutdown why) { return flag_shutdown | static_cast<std::uint32_t>(why) << shutdown_shift; };
    CHECK(with(0xff0000) == GuestState::running);  // waits for a CPU
    CHECK(with(flag_running | 0xff0000) == GuestState::running);
    CHECK(with(flag_blocked | 0xff0000) == GuestState::blocked);
    CHECK(with(flag_paused | flag_blocked) == GuestState::paused);
    CHECK(with(reason(Shutdown::poweroff) | flag_paused) == GuestState::shutting_down);
    CHECK(with(reason(Shutdown::suspend)) == GuestState::paused);
    CHECK(with(reason(Shutdown::suspend) | flag_dying) == GuestState::shutting_down);
    CHECK(with(reason(Shutdown::crash) | flag_paused) == GuestState::crashed);
    CHECK(with(reason(Shutdown::watchdog)) == GuestState::crashed);
    CHECK(with(flag_dying) == GuestState::shutting_down);
}

TEST_CASE("kinds: PV, PVH, HVM") {
    test::FakeDomain domain = test::fake_domain(1);
    CHECK(xen::kind_of(domain.info) == "xen-pv");
    domain.info.flags |= xen::abi::flag_hvm;
    domain.info.emulation_flags = 1;
    CHECK(xen::kind_of(domain.info) == "xen-pvh");
    domain.info.emulation_flags = 0x7ff;
    CHECK(xen::kind_of(domain.info) == "xen-hvm");
}

TEST_CASE("a change of state is an event, taking turns at running is none") {
    Host host;
    host.xen.domains[1] = test::fake_domain(1);
    host.store->tell({facts(0, "Domain-0"), guest1()});
    host.tick();
    host.xen.domains[1].info.flags = xen::abi::flag_running;
    host.tick();
    CHECK(host.driver->take_events().empty());
    host.xen.domains[1].info.flags = xen::abi::flag_paused;
    host.tick();
    const auto events = host.driver->take_events();
    REQUIRE(events.size() == 1);
    CHECK(events[0].kind == EventKind::guest_state);
    CHECK(events[0].text == "running -> paused");
    CHECK(host.guest(1).note.empty());
    host.xen.domains[1].info.flags = xen::abi::flag_shutdown | 3U << xen::abi::shutdown_shift;
    host.tick();
    CHECK(host.guest(1).note == "has crashed and was not removed");
    CHECK(state_in(host.frame, 1) == GuestState::crashed);
    CHECK(host.driver->take_events().size() == 1);
}

TEST_CASE("a domain waits for its name, two seconds at most") {
    Host host;
    host.store->tell({facts(0, "Domain-0")});
    host.xen.domains[5] = test::fake_domain(5);
    CHECK(host.tick().roster->guests.size() == 1);
    REQUIRE(host.store->followed.size() == 2);
    CHECK(host.store->followed[1].domid == 5);
    host.store->tell({facts(0, "Domain-0"), facts(5, "late")});
    CHECK(host.tick().roster->guests.size() == 2);
    CHECK(host.guest(1).name == "late");

    host.xen.domains[6] = test::fake_domain(6);
    const auto begin = Clock::now();
    host.await([&] { return host.frame.roster->guests.size() == 3; });
    CHECK(Clock::now() - begin >= std::chrono::seconds(2));
    CHECK(host.guest(2).name == "domain 6");
    CHECK(host.guest(2).note == "xenstore: no name");
    CHECK(host.frame.get(2, GuestMetric::cpu_time));
}

TEST_CASE("names that nobody can tell are not waited for") {
    Host host;
    host.xen.domains[5] = test::fake_domain(5);
    host.store->now.trouble = "no socket";
    host.tick();
    REQUIRE(host.frame.roster->guests.size() == 2);
    CHECK(host.guest(1).name == "domain 5");
    CHECK(host.guest(1).note == "xenstore: no socket");
    CHECK(host.frame.get(1, GuestMetric::cpu_time));
}

TEST_CASE("a number that is another domain's by now has nothing of the one before") {
    Host host;
    host.xen.domains[1] = test::fake_domain(1);
    host.store->tell({facts(0, "Domain-0"), guest1()});
    host.tree.vbd(1, 51712, 238, 60184);
    host.tick();
    REQUIRE(host.frame.roster->disks.size() == 1);
    host.xen.domains[1].info.handle[0] = 0x99;
    CHECK(host.tick().roster->guests.size() == 1);  // the store still tells of the other
    CHECK(host.frame.roster->disks.empty());
    auto next = facts(1, "next");
    next.uuid = Uuid{host.xen.domains[1].info.handle};
    host.store->tell({facts(0, "Domain-0"), next});
    host.tick();
    REQUIRE(host.frame.roster->guests.size() == 2);
    CHECK(host.guest(1).name == "next");
}

TEST_CASE("one UUID twice: the living one, of two the older") {
    Host host;
    host.xen.domains[1] = test::fake_domain(1);
    host.xen.domains[2] = test::fake_domain(2);
    host.xen.domains[2].info.handle = host.xen.domains[1].info.handle;
    const auto moved = [](std::string name) {
        auto guest = facts(2, std::move(name));
        guest.uuid = facts(1, "").uuid;
        return guest;
    };
    host.store->tell({facts(0, "Domain-0"), facts(1, "web"), moved("web--incoming")});
    host.tick();
    REQUIRE(host.frame.roster->guests.size() == 2);
    const auto first = host.guest(1).generation;
    CHECK(host.guest(1).name == "web");
    host.xen.domains[1].info.flags = xen::abi::flag_dying;
    host.tick();  // and may stay so for hours, where somebody has its memory mapped
    REQUIRE(host.frame.roster->guests.size() == 2);
    CHECK(host.guest(1).local_id == 2);
    CHECK(host.guest(1).generation != first);
}

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

TEST_CASE("a new memory target is told, and nobody's place changes for it") {
    Host host;
    host.xen.domains[1] = test::fake_domain(1);
    host.store->tell({facts(0, "Domain-0"), guest1()});
    host.tick();
    const auto generation = host.driver->generation();
    auto guest = guest1();
    guest.memory_target = 64ULL << 20;
    host.store->tell({facts(0, "Domain-0"), guest});
    CHECK(host.tick().get(1, GuestMetric::memory_target) == 64ULL << 20);
    CHECK(host.driver->generation() == generation);
    host.store->tell({facts(0, "Domain-0"), facts(1, "other")});
    host.tick();
    CHECK(host.guest(1).name == "other");
    CHECK(host.driver->generation() > generation);
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

TEST_CASE("the machine: its CPUs, not those of Domain-0") {
    Host host;
    host.xen.idle = {5'000'000'000, 0, 7'000'000'000};  // the second is offline
    host.store->tell({facts(0, "Domain-0")});
    host.tick();
    REQUIRE(host.frame.roster->cpus.size() == 2);
    CHECK(host.frame.roster->cpus[1].name == "2");
    CHECK(host.frame.get(0, HostMetric::memory_total) == 335'737 * 4096ULL);
    CHECK(host.frame.get(0, HostMetric::memory_free) == 101'882 * 4096ULL);
    CHECK(host.frame.get(0, HostMetric::cpu_frequency) == 2'596'126'000);
    CHECK(host.frame.get(0, HostMetric::cpu_idle) == 12'000'000'000);
    CHECK(host.frame.get(0, HostMetric::cpu_system) == 1'000'000'000);
    CHECK(host.frame.get(1, CpuMetric::idle) == 7'000'000'000);
    host.xen.domains[0].info.cpu_time += 1'000'000;
    // By the time of the readings, not of this thread, which may wait for a CPU between two of them.
    const auto read_at = [&] { return host.frame.table(Scope::Host).row(0).time; };
    const auto before = *host.frame.get(0, HostMetric::cpu_guest);
    const auto began = read_at();
    while (read_at() - began < 10'000'000) host.tick();
    const auto passed = static_cast<std::uint64_t>(read_at() - began);
    const std::uint64_t guests = *host.frame.get(0, HostMetric::cpu_guest) - before;
    CHECK(guests == 2 * passed - 1'000'000);  // both were busy all the time, less what Domain-0 used
}

TEST_CASE("a CPU that comes or goes moves no sum of the machine's") {
    Host host;
    constexpr std::uint64_t days = 86'400'000'000'000 * 20;
    host.xen.idle = {days, 0, days};
    host.store->tell({facts(0, "Domain-0")});
    host.tick();
    const auto idle = [&] { return *host.tick().get(0, HostMetric::cpu_idle); };
    CHECK(idle() == 2 * days);
    const auto busy = *host.frame.get(1, CpuMetric::guest);
    host.xen.idle[1] = days;  // it was online before
    CHECK(idle() == 2 * days);
    REQUIRE(host.frame.roster->cpus.size() == 3);
    CHECK(host.frame.get(1, CpuMetric::idle) == days);
    CHECK(host.frame.get(2, CpuMetric::guest) >= busy);
    const auto guests = *host.frame.get(0, HostMetric::cpu_guest);
    host.xen.idle[1] += 1'000'000;
    CHECK(idle() == 2 * days + 1'000'000);
    host.xen.idle[0] = 0;
    CHECK(idle() == 2 * days + 1'000'000);
    REQUIRE(host.frame.roster->cpus.size() == 2);
    CHECK(host.frame.get(0, HostMetric::cpu_guest) >= guests);
}

TEST_CASE("a machine that is not told of has no CPUs and no memory, not none of them") {
    Host host;
    host.store->tell({facts(0, "Domain-0")});
    host.xen.refuses_cpus = EPERM;
    host.tick();
    CHECK(host.refreshed);
    CHECK_FALSE(host.frame.get(0, HostMetric::cpus));
    CHECK_FALSE(host.frame.get(0, HostMetric::memory_total));
    CHECK_FALSE(host.frame.get(0, HostMetric::cpu_idle));
    host.xen.refuses_cpus = 0;
    CHECK(host.tick().get(0, HostMetric::cpus) == 1);
    host.xen.refuses_cpus = EPERM;
    CHECK_FALSE(host.tick().get(0, HostMetric::memory_free));
}

TEST_CASE("a hypervisor that refuses: said, and nothing is told that is not known") {
    Host host;
    host.store->tell({facts(0, "Domain-0")});
    host.tick();
    host.xen.refuses = ENOMEM;
    host.tick();
    CHECK_FALSE(host.refreshed);
    CHECK(host.refreshed.error().message.starts_with("Xen refused the list of domains: "));
    REQUIRE(host.frame.roster->guests.size() == 1);
    CHECK(state_in(host.frame, 0) == GuestState::unknown);
    CHECK(host.frame.get(0, GuestMetric::stale) == 1);
    CHECK_FALSE(host.frame.get(0, GuestMetric::cpu_time));
    host.xen.refuses = 0;
    host.tick();
    CHECK(host.frame.get(0, GuestMetric::cpu_time));
}

TEST_CASE("a domain that dies between two calls costs its own values") {
    Host host;
    host.xen.domains[1] = test::fake_domain(1);
    host.store->tell({facts(0, "Domain-0"), guest1()});
    host.tick();
    host.xen.domains[1].vcpus.clear();  // its vCPUs are not known any more
    host.tick();
    CHECK_FALSE(host.frame.get(1, VcpuMetric::time));
    CHECK(host.frame.get(0, VcpuMetric::time));
    host.xen.domains.erase(1);
    CHECK(host.tick().roster->guests.size() == 1);
}

TEST_CASE("versions of the interface: those that are known, and a clear word for others") {
    test::FakeXen xen;
    xen.sysctl_version = 0x14;
    xen.domctl_version = 0x14;
    auto older = xen::Hypervisor::open(xen.privcmd());
    REQUIRE(older);
    CHECK(older->machine()->memory == 335'737 * 4096ULL);
    xen.domctl_version = 0x99;
    const auto unknown = xen::Hypervisor::open(xen.privcmd());
    REQUIRE_FALSE(unknown);
    CHECK(unknown.error().kind == ErrorKind::unsupported);
    CHECK(unknown.error().message.find("domctl") != std::string::npos);
    xen.refuses = EPERM;
    const auto denied = xen::Hypervisor::open(xen.privcmd());
    REQUIRE_FALSE(denied);
    CHECK(denied.error().kind == ErrorKind::denied);
}
