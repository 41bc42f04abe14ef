// Every measure of every mode: its value out of a world where that is known, under its label and unit, and the four
// states it can have.
#include <doctest/doctest.h>

#include <set>

#include "full.h"
#include "plugins/command/mode.h"

using namespace virtscope;
using namespace virtscope::checks;

namespace {

const Mode& mode_called(std::string_view name) {
    const auto found = std::ranges::find(all_modes(), name, &Mode::name);
    REQUIRE(found != all_modes().end());
    return *found;
}

// Of a guest by its name where the mode is about guests, so that labels are the measures'.
std::vector<std::string> asking(const Known& known) {
    const Mode& mode = mode_called(known.mode);
    std::vector<std::string> words{std::string(known.mode)};
    if (mode.about != About::host) words.insert(words.end(), {"--guest", "web01"});
    if (!mode.window.empty()) words.insert(words.end(), {"--window", "60s"});
    return words;
}

Answer ask(const World& world, const Known& known, std::string_view option, const std::string& range) {
    auto words = asking(known);
    words.insert(words.end(), {std::string(option), std::string(known.label) + "=" + range});
    return world.run(words, 200.5);
}

}  // namespace

TEST_CASE("thresholds are told with units, exactly, in the form in which they were given") {
    const auto told = [](const Measure& measure, std::string_view text) {
        const auto range = parse_range(text, measure.unit);
        REQUIRE(range);
        return human(measure, *range);
    };
    const Measure share{.label = "", .unit = "%", .noun = ""}, time{.label = "", .unit = "s", .noun = ""},
        size{.label = "", .unit = "B", .noun = ""}, rate{.label = "", .unit = "B", .noun = "", .per_second = true},
        count{.label = "", .unit = "", .noun = ""};
    CHECK(told(share, "99.95") == "99.95 %");
    CHECK(told(share, "0:80%") == "0 %:80 %");
    CHECK(told(share, "@10:20") == "@10 %:20 %");
    CHECK(told(time, "0.02") == "20 ms");
    CHECK(told(time, "35ms") == "35 ms");
    CHECK(told(time, "1.5") == "1500 ms");
    CHECK(told(time, "250us:") == "250 us:");
    CHECK(told(time, "90") == "90 s");
    CHECK(told(time, "~:5min") == "~:5 min");
    CHECK(told(time, "2d") == "2 d");
    CHECK(told(size, "64MiB") == "64 MiB");
    CHECK(told(size, "64MB") == "64 MB");
    CHECK(told(size, "1234567") == "1234567 B");
    CHECK(told(rate, "1KB") == "1 KB/s");
    CHECK(told(rate, "0") == "0 B/s");
    CHECK(told(count, "2:") == "2:");
    CHECK(told(count, ":0.5") == ":0.5");
}

TEST_CASE("the table of known values has every measure of every mode") {
    std::set<std::string> known, there;
    for (const Known& each : known_values()) known.insert(std::string(each.mode) + "/" + std::string(each.label));
    for (const Mode& mode : all_modes()) {
        for (const Measure& measure : mode.measures) there.insert(std::string(mode.name) + "/" + std::string(measure.label));
    }
    CHECK(known == there);
}

TEST_CASE("each measure has its value, and is OK within, WARNING and CRITICAL outside of its range") {
    World world;
    fill_full(world);
    world.write(140, 200);
    for (const Known& known : known_values()) {
        CAPTURE(known.mode);
        CAPTURE(known.label);
        const std::string around = range_around(known.value);
        const Answer fine = ask(world, known, "-c", around);
        CHECK_MESSAGE(fine.status == Status::ok, fine.text);
        const std::string shown = " " + std::string(known.shown);
        CHECK_MESSAGE((has(fine, shown + ";") || has(fine, shown + " ")), fine.text);
        const Answer warned = ask(world, known, "-w", "@" + around);
        CHECK_MESSAGE(warned.status == Status::warning, warned.text);
        const Answer critical = ask(world, known, "-c", "@" + around);
        CHECK_MESSAGE(critical.status == Status::critical, critical.text);
        CHECK(has(critical, "VIRT " + std::string(mode_called(known.mode).service) + " CRITICAL: "));
    }
}

TEST_CASE("of several measures with thresholds the worst counts, whatever their order") {
    World world;
    fill_full(world);
    world.write(140, 200);
    CHECK(world.exit_code({"cpu", "-w", "cpu=20", "-c", "system=6"}, 200) == 2);
    CHECK(world.exit_code({"cpu", "-w", "system=6", "-c", "cpu=30"}, 200) == 1);
    CHECK(world.exit_code({"block", "-w", "in_flight=2,read_ops=9", "-c", "write_ops=29"}, 200) == 2);
    CHECK(world.exit_code({"host", "-w", "cpu=44,memory=74", "-c", "psi_io=4"}, 200) == 2);
    CHECK(world.exit_code({"agent", "--window", "60s", "-w", "skipped=5", "-c", "memory=4MiB"}, 200) == 2);
}

TEST_CASE("a boundary belongs to the range: 10 is within 0:10, 10.01 is beyond") {
    World world;
    fill_full(world);
    world.guests[0].cells.now[GuestMetric::memory_available] = 1'000'000;
    world.guests[0].cells.now[GuestMetric::memory_usable] = 900'000;
    world.write(200);
    const auto used = [&](const char* option, const char* range) { return world.exit_code({"memory", option, range}, 201); };
    CHECK(used("-w", "0:10") == 0);
    CHECK(used("-c", "10") == 0);
    CHECK(used("-c", "10:") == 0);
    CHECK(used("-c", "@10") == 2);
    CHECK(used("-c", "@10:20") == 2);
    world.guests[0].cells.now[GuestMetric::memory_usable] = 899'900;
    world.write(201);
    CHECK(used("-w", "0:10") == 1);
    CHECK(used("-c", "10") == 2);
    CHECK(used("-c", "10.01") == 0);
    CHECK(used("-c", "@10") == 0);
}

TEST_CASE("thresholds take units that fit what is judged") {
    World world;
    fill_full(world);
    world.write(140, 200);
    const auto code = [&](const char* mode, const char* critical) { return world.exit_code({mode, "-c", critical}, 200); };
    CHECK(code("block", "latency=8ms") == 0);
    CHECK(code("block", "latency=7.9ms") == 2);
    CHECK(code("block", "latency=7999us") == 2);
    CHECK(code("block", "write_bytes=120KiB") == 0);
    CHECK(code("block", "write_bytes=120KB") == 2);
    CHECK(code("memory", "resident=2GiB") == 0);
    CHECK(code("memory", "resident=2GB") == 2);
    CHECK(code("memory", "75%") == 0);
    CHECK(code("memory", "74.9%") == 2);
    CHECK(code("uptime", "1d:") == 0);
    CHECK(code("uptime", "2d:") == 2);
    CHECK(code("uptime", "@0:28h") == 2);
    CHECK(has(world.run({"uptime", "-c", "4min:", "--guest", "web01"}, 200), "uptime=100200s;;240:;0"));
    CHECK(has(world.run({"uptime", "-c", "4MiB"}, 200), "units: us, ms, s, min, h, d"));
    CHECK(has(world.run({"cpu", "-c", "4s"}, 200), "'4s' is no range"));
}
