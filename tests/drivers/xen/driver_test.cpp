// The Xen driver: who is there, in which state, under which name.
#include <cerrno>
#include <doctest/doctest.h>

#include "xen_host.h"

using namespace virtscope;
using namespace virtscope::test;
namespace fs = std::filesystem;

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
