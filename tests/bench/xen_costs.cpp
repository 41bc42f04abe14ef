// xen_costs DOMAINS: what a tick of the Xen driver costs on a host of so many domains that are made up (two vCPUs and a disk
// each, every fourth disk at work), while nothing else happens and while a guest makes xenstored send 100,000 watch events a second. One line of JSON: medians,
// "cpu" is that of the thread that ticks.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <thread>
#include <vector>

#include <fmt/format.h>

#include "core/clock.h"
#include "drivers/xen/driver.h"
#include "fake_xen.h"
#include "fake_xenstore.h"
#include "sampler/enlistment.h"

using namespace virtscope;
namespace fs = std::filesystem;

namespace {

constexpr int device = 51712;
constexpr int ticks = 200;
constexpr std::uint64_t storm = 100'000;

class Tree {
public:
    Tree() : root_(fs::temp_directory_path() / fmt::format("xen-costs-{}", ::getpid())) {}
    ~Tree() {
        std::error_code ignored;
        fs::remove_all(root_, ignored);
    }
    Tree(const Tree&) = delete;
    Tree& operator=(const Tree&) = delete;
    void write(const std::string& file, std::string_view text) const {
        fs::create_directories((root_ / file).parent_path());
        std::ofstream(root_ / file) << text;
    }
    DriverHost host() const { return {.proc = root_ / "proc", .sys = root_ / "sys", .dev = root_ / "dev"}; }

private:
    fs::path root_;
};

struct Cost {
    std::int64_t wall = 0;  // ns
    std::int64_t cpu = 0;

    static Cost now() { return {clock_ns(CLOCK_MONOTONIC), clock_ns(CLOCK_THREAD_CPUTIME_ID)}; }
    Cost operator-(const Cost& other) const { return {wall - other.wall, cpu - other.cpu}; }
    Cost operator+(const Cost& other) const { return {wall + other.wall, cpu + other.cpu}; }
};

double median_ms(std::vector<Cost> costs, std::int64_t Cost::* what) {
    const auto middle = costs.begin() + static_cast<std::ptrdiff_t>(costs.size() / 2);
    std::ranges::nth_element(costs, middle, {}, what);
    return static_cast<double>((*middle).*what) / 1e6;
}

class Host {
public:
    explicit Host(std::uint16_t domains) {
        tree_.write("proc/sys/kernel/random/boot_id", "boot\n");
        for (std::uint16_t domid = 1; domid <= domains; ++domid) add(domid);
        driver_ = std::make_unique<xen::XenDriver>([this] { return xen::Hypervisor::open(xen_.privcmd()); },
                                                   xen::Store::open(), "Xen 4.17.7", tree_.host(), DriverOptions{}, nullptr);
    }

    // A roster is made where the places are others, as the sampler does it, and not counted.
    Cost tick() {
        const Cost began = Cost::now();
        if (const auto done = driver_->refresh(Clock::duration::zero()); !done) {
            std::fprintf(stderr, "xen_costs: %s\n", done.error().message.c_str());
            std::exit(1);
        }
        const Cost refreshed = Cost::now();
        if (!roster_ || generation_ != driver_->generation()) make_roster();
        const Cost listed = Cost::now();
        frame_.reset(roster_);
        driver_->ask(slots_, frame_, Clock::now());
        return refreshed - began + (Cost::now() - listed);
    }

    std::vector<Cost> many_ticks() {
        std::vector<Cost> costs;
        for (int i = 0; i < ticks; ++i) {
            work(i);
            costs.push_back(tick());
            std::this_thread::sleep_for(std::chrono::milliseconds(10));
        }
        return costs;
    }

    std::size_t disks() const {
        std::size_t all = 0;
        for (const Place& place : driver_->places()) all += place.disks.size();
        return all;
    }
    test::FakeXenstore& xenstored() { return xenstored_; }

private:
    void add(std::uint16_t domid) {
        xen_.domains[domid] = test::fake_domain(domid, 2);
        Uuid uuid;
        std::ranges::copy(xen_.domains[domid].info.handle, uuid.bytes.begin());
        xenstored_.add_domain({.domid = domid, .uuid = uuid, .name = fmt::format("guest{}", domid), .networks = 0});
        const std::string backend = fmt::format("sys/bus/xen-backend/devices/vbd-{}-{}/", domid, device);
        const std::string folder = backend + "statistics/";
        tree_.write(backend + "xenbus/events", "99\n");
        for (const char* const file : {"rd_req", "rd_sect", "wr_req", "wr_sect", "oo_req", "f_req", "ds_req"}) {
            tree_.write(folder + file, "1234\n");
        }
    }

    // Every fourth disk has read since the last tick.
    void work(int round) {
        for (const auto& [domid, domain] : xen_.domains) {
            if (domid % 4 != 1) continue;
            const std::string folder = fmt::format("sys/bus/xen-backend/devices/vbd-{}-{}/", domid, device);
            tree_.write(folder + "statistics/rd_req", fmt::format("{}\n", 2000 + rounds_ + round));
            tree_.write(folder + "xenbus/events", fmt::format("{}\n", 100 + rounds_ + round));
        }
        if (round + 1 == ticks) rounds_ += ticks;
    }

    void make_roster() {
        generation_ = driver_->generation();
        auto roster = std::make_shared<Roster>();
        if (const auto* cpus = driver_->processors()) roster->cpus = *cpus;
        const Party party{driver_->name(), driver_->places(), false, true};
        slots_ = std::move(enlist({&party, 1}, clock_ns(CLOCK_REALTIME), false, nullptr, *roster).slots[0]);
        roster_ = std::move(roster);
    }

    Tree tree_;
    test::FakeXen xen_;
    test::FakeXenstore xenstored_;
    std::unique_ptr<xen::XenDriver> driver_;
    std::shared_ptr<const Roster> roster_;
    std::vector<Slot> slots_;
    std::uint64_t generation_ = 0;
    Frame frame_;
    int rounds_ = 0;
};

// The loud one changes what is read of a disk.
std::vector<Cost> stormy_ticks(Host& host, double& events_a_second) {
    test::FakeXenstore& xenstored = host.xenstored();
    const std::uint64_t events = xenstored.events();
    const std::int64_t began = clock_ns(CLOCK_MONOTONIC);
    xenstored.storm(fmt::format("/local/domain/0/backend/vbd/1/{}/sectors", device), storm);
    auto costs = host.many_ticks();
    const auto took = static_cast<double>(clock_ns(CLOCK_MONOTONIC) - began);
    events_a_second = static_cast<double>(xenstored.events() - events) / took * 1e9;
    xenstored.storm("", 0);
    return costs;
}

}  // namespace

int main(int argc, char** argv) {
    constexpr int most = 30'000;
    const int domains = argc == 2 ? std::atoi(argv[1]) : 0;
    if (domains <= 0 || domains > most) return std::fputs("usage: xen_costs DOMAINS\n", stderr), 2;
    Host host(static_cast<std::uint16_t>(domains));
    const std::int64_t began = clock_ns(CLOCK_MONOTONIC);
    constexpr std::int64_t limit = 60'000'000'000;
    for (host.tick(); host.disks() != static_cast<std::size_t>(domains); host.tick()) {
        if (clock_ns(CLOCK_MONOTONIC) - began > limit) return std::fputs("xen_costs: the disks are not seen\n", stderr), 1;
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    const double first = static_cast<double>(clock_ns(CLOCK_MONOTONIC) - began) / 1e6;
    const auto quiet = host.many_ticks();
    double events = 0;
    const auto stormy = stormy_ticks(host, events);
    std::printf("{\"domains\": %d, \"all_known_ms\": %.1f, \"events_per_s\": %.0f", domains, first, events);
    std::printf(", \"wall_ms\": %.3f, \"cpu_ms\": %.3f", median_ms(quiet, &Cost::wall), median_ms(quiet, &Cost::cpu));
    std::printf(", \"storm_wall_ms\": %.3f, \"storm_cpu_ms\": %.3f}\n", median_ms(stormy, &Cost::wall),
                median_ms(stormy, &Cost::cpu));
}
