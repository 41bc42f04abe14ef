// The promise of check_virt: whatever is missing, stale, absent or out of range, it is never called OK.
#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <random>

#include "world.h"

using namespace virtscope;
using namespace virtscope::checks;

namespace {

constexpr const char* modes[] = {"state", "cpu", "agent"};

// Damages one thing the mode needs; every choice makes OK impossible.
struct Harm {
    const char* what;
    void (*to_guest)(WorldGuest&);
    bool hurts_state, hurts_cpu;
};
constexpr Harm harms[] = {
    {"state absent", [](WorldGuest& guest) { guest.state.reset(); }, true, false},
    {"state unknown", [](WorldGuest& guest) { guest.state = GuestState::unknown; }, true, false},
    {"state out of range", [](WorldGuest& guest) { guest.state = static_cast<GuestState>(200); }, true, false},
    {"stale", [](WorldGuest& guest) { guest.stale = 1; }, true, true},
    {"stale, odd flag", [](WorldGuest& guest) { guest.stale = ~std::uint64_t{0}; }, true, true},
    {"stale by quality", [](WorldGuest& guest) { guest.quality = Quality::stale; guest.stale.reset(); }, true, true},
    {"no CPU time", [](WorldGuest& guest) { guest.cpus_used.reset(); }, false, true},
    {"no vCPUs", [](WorldGuest& guest) { guest.vcpus.reset(); }, false, true},
    {"no vCPU", [](WorldGuest& guest) { guest.vcpus = 0; }, false, true},
};

}  // namespace

TEST_CASE("one harmed guest among healthy ones, in every place and every combination of harms") {
    std::mt19937 random(11);
    for (int round = 0; round < 120; ++round) {
        World world;
        world.guests.assign(1 + random() % 5, WorldGuest{});
        WorldGuest& victim = world.guests[random() % world.guests.size()];
        victim.name = "victim";
        bool state_hurt = false, cpu_hurt = false;
        const unsigned chosen = 1 + static_cast<unsigned>(random()) % ((1U << std::size(harms)) - 1);
        for (std::size_t i = 0; i < std::size(harms); ++i) {
            if ((chosen >> i & 1) == 0) continue;
            harms[i].to_guest(victim);
            state_hurt |= harms[i].hurts_state;
            cpu_hurt |= harms[i].hurts_cpu;
        }
        world.write(100, 103);
        CAPTURE(chosen);
        CHECK((world.exit_code({"state"}, 103) != 0) == state_hurt);
        CHECK((world.exit_code({"cpu"}, 103) != 0) == cpu_hurt);
        CHECK((world.exit_code({"cpu", "--guest", "victim", "-w", "~:", "-c", "~:"}, 103) != 0) == cpu_hurt);
    }
}

TEST_CASE("each harm by itself") {
    for (const Harm& harm : harms) {
        World world;
        harm.to_guest(world.guests[0]);
        world.write(100, 103);
        CAPTURE(harm.what);
        CHECK((world.exit_code({"state"}, 103) != 0) == harm.hurts_state);
        CHECK((world.exit_code({"cpu"}, 103) != 0) == harm.hurts_cpu);
    }
}

TEST_CASE("numbers that overflow do not become OK") {
    for (const std::uint64_t cell : {std::uint64_t{0}, std::uint64_t{1}, ~std::uint64_t{0}, std::uint64_t{1} << 63}) {
        World world;
        world.guests[0].cpu_time_cell = cell;
        world.write(100, 150);
        world.guests[0].cpu_time_cell = ~cell;
        world.write(151);
        CHECK(world.exit_code({"cpu", "-c", "90"}, 151) != 0);
    }
}

TEST_CASE("rings that are missing, empty, cut short, or something else") {
    for (const char* const mode : modes) {
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
        for (const char* const mode : modes) {
            const int code = copy.exit_code({mode}, 113.5);
            CHECK(code == 3);
        }
    }
}
