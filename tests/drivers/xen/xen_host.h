// XenHost: a host with the Xen driver over a hypervisor, a xenstore and a sysfs that a test makes up, sampled as the sampler does.
#pragma once

#include <chrono>
#include <cstdlib>
#include <doctest/doctest.h>
#include <filesystem>
#include <fstream>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "core/clock.h"
#include "drivers/xen/driver.h"
#include "fake_xen.h"
#include "sampler/enlistment.h"

namespace virtscope::test {

namespace fs = std::filesystem;

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

inline xen::DomainFacts facts(std::uint32_t domid, std::string name) {
    const Uuid uuid{test::fake_domain(static_cast<std::uint16_t>(domid)).info.handle};
    return {.domid = domid, .uuid = uuid, .name = std::move(name), .start_realtime = 1'795'449'682'410'000'000,
            .memory_target = 100ULL << 20, .vbds = {}, .vifs = {}};
}

inline xen::DomainFacts guest1() {
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

inline GuestState state_in(const Frame& frame, std::size_t row) { return state_of(frame.get(row, GuestMetric::state).value_or(0)); }

}  // namespace virtscope::test
