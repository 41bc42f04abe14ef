// The promise of check_virt: whatever is missing, stale, absent or out of range, it is never called OK.
#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <random>

#include "full.h"
#include "plugins/command/mode.h"

using namespace virtscope;
using namespace virtscope::checks;

namespace {

// How a value is harmed.
enum class How { absent_now, absent_always, backwards, overflowing };

template <class M>
void harm(Cells<M>& cells, M metric, How how) {
    const bool counter = cells.per_second.erase(metric) > 0;
    cells.now.erase(metric);
    if (how == How::backwards && counter) cells.now[metric] = 5;
    if (how == How::overflowing) cells.now[metric] = ~std::uint64_t{0};
}

// Where a metric is in a world.
Cells<GuestMetric>& cells_of(World& world, GuestMetric) { return world.guests[0].cells; }
Cells<VcpuMetric>& cells_of(World& world, VcpuMetric) { return world.guests[0].vcpu_rows[1].cells; }
Cells<DiskMetric>& cells_of(World& world, DiskMetric) { return world.guests[0].disks[0].cells; }
Cells<NicMetric>& cells_of(World& world, NicMetric) { return world.guests[0].nics[0].cells; }
Cells<FilesystemMetric>& cells_of(World& world, FilesystemMetric) { return world.guests[0].filesystems[0].cells; }
Cells<DisplayMetric>& cells_of(World& world, DisplayMetric) { return world.guests[0].displays[0].cells; }
Cells<HostMetric>& cells_of(World& world, HostMetric) { return world.host; }
Cells<NodeMetric>& cells_of(World& world, NodeMetric) { return world.nodes[0].cells; }
Cells<AgentMetric>& cells_of(World& world, AgentMetric) { return world.agent; }

template <auto metric>
void in(World& world, How how) {
    harm(cells_of(world, metric), metric, how);
}

// What a check with these thresholds cannot do without. They are generous: a healthy world is OK.
struct Need {
    const char* mode;
    const char* critical;
    std::vector<void (*)(World&, How)> needed;
};

using G = GuestMetric;
using D = DiskMetric;
using N = NicMetric;
using H = HostMetric;
using A = AgentMetric;
using F = FilesystemMetric;
const std::vector<Need> needs{
    {"cpu", "cpu=90", {in<G::cpu_time>}},
    {"cpu", "user=90", {in<G::cpu_user>}},
    {"cpu", "system=90", {in<G::cpu_system>}},
    {"cpu", "emulator=90", {in<G::cpu_emulator>}},
    {"cpu", "iothread=90", {in<G::cpu_iothread>}},
    {"cpu", "vhost=90", {in<G::cpu_vhost>}},
    {"steal", "steal=50", {in<G::cpu_wait>}},
    {"steal", "vcpu=50", {in<VcpuMetric::wait>}},
    {"memory", "used=95", {in<G::memory_available>, in<G::memory_usable>}},
    {"memory", "used_bytes=2GiB", {in<G::memory_available>, in<G::memory_usable>}},
    {"memory", "resident=3GiB", {in<G::memory_resident>}},
    {"memory", "swap_in=1MB", {in<G::swap_in>}},
    {"memory", "swap_out=1MB", {in<G::swap_out>}},
    {"memory", "major_faults=1000", {in<G::guest_major_faults>}},
    {"balloon", "left=25:", {in<G::memory_balloon>, in<G::memory_max>}},
    {"balloon", "taken=2GiB", {in<G::memory_balloon>, in<G::memory_max>}},
    {"balloon", "over_target=1GiB", {in<G::memory_balloon>, in<G::memory_target>}},
    {"block", "latency=1s", {in<D::read_ops>, in<D::read_time>, in<D::write_ops>, in<D::write_time>}},
    {"block", "read_latency=1s", {in<D::read_ops>, in<D::read_time>}},
    {"block", "write_latency=1s", {in<D::write_ops>, in<D::write_time>}},
    {"block", "flush_latency=1s", {in<D::flush_ops>, in<D::flush_time>}},
    {"block", "read_bytes=1GB", {in<D::read_bytes>}},
    {"block", "write_ops=10000", {in<D::write_ops>}},
    {"block", "errors=10", {in<D::failed_ops>}},
    {"block", "in_flight=100", {in<D::in_flight>}},
    {"block", "queue_full=1000", {in<D::queue_full>}},
    {"net", "rx_bytes=1GB", {in<N::rx_bytes>}},
    {"net", "tx_packets=1000", {in<N::tx_packets>}},
    {"net", "rx_drops=100", {in<N::rx_drops>}},
    {"net", "tx_errors=100", {in<N::tx_errors>}},
    {"responsive", "latency=10,unanswered=30", {[](World& world, How) { world.guests[0].stale.reset(); }}},
    {"uptime", "1min:", {[](World& world, How how) {
         world.guests[0].start_known = false;
         if (how == How::overflowing) world.guests[0].cells.now[G::start_time] = ~std::uint64_t{0};
     }}},
    {"fs", "used=90", {in<F::total_bytes>, in<F::used_bytes>}},
    {"fs", "free=1GiB:", {in<F::total_bytes>, in<F::used_bytes>}},
    {"guest-agent", "silent=60", {in<G::guest_agent>}},
    {"console", "open=0", {in<DisplayMetric::exposed>}},
    {"host", "cpu=90", {in<H::cpu_user>, in<H::cpu_system>, in<H::cpu_idle>}},
    {"host", "iowait=50", {in<H::cpu_iowait>, in<H::cpu_idle>}},
    {"host", "steal=50", {in<H::cpu_steal>, in<H::cpu_user>}},
    {"host", "guest_cpu=90", {in<H::cpu_guest>, in<H::cpu_system>}},
    {"host", "memory=90", {in<H::memory_total>, in<H::memory_available>}},
    {"host", "memory_committed=90", {in<H::memory_total>, in<G::memory_max>}},
    {"host", "swap=90", {in<H::swap_total>, in<H::swap_free>}},
    {"host", "load1=10", {in<H::load1>}},
    {"host", "psi_cpu=90", {in<H::psi_cpu_some>}},
    {"host", "psi_memory=90", {in<H::psi_memory_some>}},
    {"host", "psi_io=90", {in<H::psi_io_some>}},
    {"host", "numa_free=5:", {in<NodeMetric::memory_total>, in<NodeMetric::memory_free>}},
    {"host", "numa_free_bytes=1MiB:", {in<NodeMetric::memory_free>}},
    {"agent", "lateness=1", {in<A::tick_lateness>}},
    {"agent", "skipped=100", {in<A::ticks_skipped>}},
    {"agent", "cpu=50", {in<A::cpu_time>}},
    {"agent", "guests_stale=3", {in<A::guests_stale>}},
};

// Harm to a guest as a whole.
constexpr void (*guest_harms[])(WorldGuest&) = {
    [](WorldGuest& guest) { guest.stale = 1; },
    [](WorldGuest& guest) { guest.stale = ~std::uint64_t{0}; },
    [](WorldGuest& guest) { guest.quality = Quality::stale; },
};

std::vector<std::string> words_of(const Need& need) {
    std::vector<std::string> words{need.mode, "-c", need.critical};
    if (std::string_view(need.mode) != "console") words.insert(words.end(), {"--window", "60s"});
    return words;
}

}  // namespace

TEST_CASE("each value that a figure needs, harmed in each way") {
    for (const How how : {How::absent_now, How::absent_always, How::backwards, How::overflowing}) {
        for (const Need& need : needs) {
            for (const auto& damage : need.needed) {
                World world;
                fill_full(world);
                if (how == How::absent_always) damage(world, how);
                world.write(198, 199);
                if (how != How::absent_always) CHECK_MESSAGE(world.exit_code(words_of(need), 199) == 0, need.critical);
                damage(world, how);
                world.write(200);
                CAPTURE(static_cast<int>(how));
                const Answer answer = world.run(words_of(need), 200);
                CHECK_MESSAGE(answer.status != Status::ok, answer.text);
            }
        }
    }
}

TEST_CASE("any harm in any number, under any statistic, in one guest among healthy ones") {
    std::mt19937 random(11);
    constexpr const char* stats[] = {"", "avg", "min", "max", "last", "p50"};
    for (int round = 0; round < 300; ++round) {
        const Need& need = needs[random() % needs.size()];
        World world;
        fill_full(world);
        for (std::size_t more = random() % 6; more > 0; --more) world.guests.push_back(full_guest("healthy" + std::to_string(more)));
        world.write(197, 199);
        need.needed[random() % need.needed.size()](world, static_cast<How>(random() % 4));
        for (const auto& also : need.needed) {
            if (random() % 3 == 0) also(world, static_cast<How>(random() % 4));
        }
        if (random() % 4 == 0) guest_harms[random() % std::size(guest_harms)](world.guests[0]);
        world.write(200);
        auto words = words_of(need);
        const char* const stat = stats[random() % std::size(stats)];
        if (*stat != '\0' && words.back() == "60s") words.insert(words.end(), {"--stat", stat});
        const Answer answer = world.run(words, 200);
        const std::string asked = std::string(" -c ") + need.critical + " --stat " + stat;
        CHECK_MESSAGE(answer.status != Status::ok, answer.text, asked);
    }
}

TEST_CASE("a guest that does not answer, in whichever way that shows, under thresholds that never alert") {
    for (const auto& damage : guest_harms) {
        World world;
        fill_full(world);
        world.guests.push_back(full_guest("db02"));
        damage(world.guests[1]);
        world.write(140, 200);
        for (const Mode& mode : all_modes()) {
            if (mode.about == About::host || mode.name == "events") continue;
            const std::string never = std::string(mode.measures.front().label) + "=~:";
            const Answer answer = world.run({std::string(mode.name), "-w", never, "-c", never}, 200);
            CHECK_MESSAGE(answer.status != Status::ok, answer.text);
        }
    }
}

TEST_CASE("states that are none") {
    for (const std::optional<GuestState> state : {std::optional<GuestState>(), std::optional(GuestState::unknown), std::optional(static_cast<GuestState>(200))}) {
        World world;
        world.guests[0].state = state;
        world.write(100, 103);
        for (const char* const expected : {"running", "off"}) CHECK(world.exit_code({"state", "--expect", expected}, 103) == 3);
    }
}

TEST_CASE("rings that are missing, empty, cut short, or something else") {
    for (const Mode& each : all_modes()) {
        const std::string mode(each.name);
        CAPTURE(mode);
        World none;
        CHECK(none.exit_code({mode}, 100) == 3);
        World blank;
        { std::ofstream(blank.ring()); }
        CHECK(blank.exit_code({mode}, 100) == 3);
        World text;
        { std::ofstream(text.ring()) << std::string(100'000, 'x'); }
        CHECK(text.exit_code({mode}, 100) == 3);
        World folder;
        std::filesystem::create_directory(folder.ring());
        CHECK(folder.exit_code({mode}, 100) == 3);
        World cut;
        cut.write(100, 110);
        for (const std::uintmax_t size : {1U, 64U, 4096U, 5000U}) {
            std::filesystem::resize_file(cut.ring(), size);
            CHECK(cut.exit_code({mode}, 110) == 3);
        }
        World version;
        version.write(100);
        std::fstream file(version.ring(), std::ios::in | std::ios::out | std::ios::binary);
        // In both places where it stands.
        for (const std::streamoff at : {8, 2048 + 8}) {
            file.seekp(at);
            file.write("\x63\x63\x63\x63", 4);
        }
        file.close();
        CHECK(version.exit_code({mode}, 100) == 3);
    }
}

TEST_CASE("the newest frame damaged: what remains is judged by its own age") {
    World world;
    world.write(100, 110);
    std::mt19937 random(3);
    const auto size = std::filesystem::file_size(world.ring());
    for (int round = 0; round < 60; ++round) {
        World copy;
        std::filesystem::copy_file(world.ring(), copy.ring());
        std::fstream file(copy.ring(), std::ios::in | std::ios::out | std::ios::binary);
        for (int hit = 0; hit < 40; ++hit) {
            file.seekp(static_cast<std::streamoff>(random() % std::min<std::uintmax_t>(size, 60'000)));
            file.put(static_cast<char>(random()));
        }
        file.close();
        for (const Mode& mode : all_modes()) {
            const int code = copy.exit_code({std::string(mode.name)}, 113.5);
            CHECK(code == 3);
        }
    }
}
