// Whole answers: -v to -vvv, --why, and the two kinds of JSON.
#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "full.h"
#include "plugins/command/mode.h"

using namespace virtscope;
using namespace virtscope::checks;

namespace {

void fill_two(World& world) {
    fill_full(world);
    world.guests.push_back(full_guest("db02"));
    world.guests[1].cells.now[GuestMetric::memory_usable] = 1ULL << 29;
    world.guests[1].cells.now.erase(GuestMetric::memory_caches);
    world.write(140, 200);
}

std::string answer(const World& world, std::vector<std::string> more) {
    more.insert(more.begin(), {"memory", "-w", "60", "-c", "95"});
    std::string text = world.run(more, 200.25).text;
    // The ring's path and the time of day are this run's.
    if (const std::size_t at = text.find(world.ring()); at != std::string::npos) text.replace(at, world.ring().size(), "RING");
    for (std::size_t at = text.find("20"); at != std::string::npos; at = text.find("20", at + 1)) {
        if (text.size() > at + 19 && text[at + 4] == '-' && text[at + 13] == ':') text.replace(at, 19, "TIME");
    }
    return text;
}

using Json = nlohmann::json;

Json parsed(const World& world, std::vector<std::string> words, const char* format) {
    words.insert(words.end(), {"--output-format", format});
    const std::string text = world.run(words, 201).text;
    CHECK(std::ranges::count(text, '\n') == 1);
    Json json = Json::parse(text, nullptr, false);
    REQUIRE_MESSAGE(!json.is_discarded(), text);
    return json;
}

constexpr std::string_view first =
    "VIRT MEMORY WARNING: 2 guests, highest memory in use 75.0 % (web01): web01 memory in use 75.0 %, outside 60 % | "
    "web01=75%;60;95 db02=50%;60;95\n";

}  // namespace

TEST_CASE("verbosity by levels") {
    World world;
    fill_two(world);
    const std::string bad = "WARNING: web01 memory in use 75.0 %, outside 60 %, since at least TIME (1 min)";
    CHECK(answer(world, {}) == std::string(first) + "data: 250 ms old\n" + bad + "\n");
    CHECK(answer(world, {"-v"}) == std::string(first) + "data: 250 ms old\n" + bad + "\nOK: db02 memory in use 50.0 %\n");
    const std::string where = "average over 1 min\ndata: 250 ms old, frame 61 of host testhost, ring RING\n";
    CHECK(answer(world, {"-vv"}) == std::string(first) + "data: 250 ms old\n" + bad + "\nOK: db02 memory in use 50.0 %\n" + where);
    CHECK(answer(world, {"-vvv"}) == std::string(first) + "data: 250 ms old\n" + bad + " (" + world_uuid(0).text() +
                                         ")\nOK: db02 memory in use 50.0 % (" + world_uuid(1).text() + ")\n" + where);
    CHECK(answer(world, {"-v", "-v", "-v"}) == answer(world, {"-vvv"}));
    CHECK(answer(world, {"-vvvvv"}) == answer(world, {"-vvv"}));
}

TEST_CASE("--why says what was judged, how and against what, of what is OK as well") {
    World world;
    fill_two(world);
    const std::string text = answer(world, {"--why"});
    CHECK(text.find("\nOK: db02 memory in use 50.0 % [memory in use 50.0 % (newest sample, -w 60 %, -c 95 %)]\n") != std::string::npos);
    CHECK(text.find("WARNING: web01 memory in use 75.0 %, outside 60 %, since at least TIME (1 min) [memory in use 75.0 % (newest "
                    "sample, -w 60 %, -c 95 %)]\n") != std::string::npos);
    const Answer host = world.run({"host", "-w", "memory=80", "-c", "load1=1", "--why"}, 200);
    CHECK(has(host, "\nOK: memory in use 75.0 % [memory in use 75.0 % (newest sample, -w 80 %, -c none)]"));
    CHECK(has(host, "CRITICAL: load average 1.5, outside 1"));
}

TEST_CASE("JSON has everything, numbers as numbers") {
    World world;
    fill_two(world);
    const Json json = parsed(world, {"memory", "-w", "60", "-c", "95", "--why"}, "json");
    CHECK(json["state"] == "WARNING");
    CHECK(json["exit_code"] == 1);
    CHECK(json["summary"] == std::string(first.substr(0, first.find(" | "))));
    REQUIRE(json["findings"].size() == 2);
    CHECK(json["findings"][0]["guest"] == "web01");
    CHECK(json["findings"][0]["state"] == "WARNING");
    CHECK(json["findings"][0]["since"].get<std::string>().starts_with("since "));
    CHECK(json["findings"][0]["why"].get<std::string>().starts_with("memory in use 75.0 %"));
    CHECK(json["perfdata"][1] == Json{{"label", "db02"}, {"value", 50.0}, {"unit", "%"}, {"warning", "60"}, {"critical", "95"}});
    world.guests[0].cells.per_second.erase(GuestMetric::cpu_time);
    world.write(201);
    const Json unknown = parsed(world, {"cpu"}, "json");
    CHECK(unknown["exit_code"] == 3);
    CHECK(unknown["perfdata"][0]["value"].is_null());
}

TEST_CASE("JSON keeps to --max-output where it is given, the worst first, and says what was left out") {
    World world;
    fill_two(world);
    for (int i = 0; i < 50; ++i) {
        world.guests.push_back(full_guest("well" + std::to_string(i)));
        world.guests.back().cells.now[GuestMetric::memory_usable] = 1ULL << 29;
    }
    world.write(201);
    const std::vector<std::string> words{"memory", "-w", "60"};
    const Json whole = parsed(world, words, "json");
    CHECK(whole["findings"].size() == 52);
    CHECK_FALSE(whole.contains("left_out"));
    for (const std::size_t limit : {1000U, 3000U, 6000U}) {
        for (const std::string format : {"json", "mp-test-json"}) {
            auto limited = words;
            limited.insert(limited.end(), {"--output-format", format, "--max-output", std::to_string(limit)});
            const Answer answer = world.run(limited, 201.25);
            CHECK(answer.text.size() <= limit);
            const Json json = Json::parse(answer.text);
            if (format == "json") {
                REQUIRE(!json["findings"].empty());
                CHECK(json["findings"][0]["guest"] == "web01");
                CHECK(json["findings"].size() + json["left_out"]["findings"].get<std::size_t>() == 52);
                CHECK(json["perfdata"].size() + json["left_out"]["perfdata"].get<std::size_t>() == 52);
            } else {
                CHECK(json["checks"][0]["checks"].back()["output"].get<std::string>().starts_with("left out: "));
            }
        }
    }
}

TEST_CASE("the Monitoring Plugins' test format") {
    World world;
    fill_two(world);
    const Json json = parsed(world, {"memory", "-w", "60"}, "mp-test-json");
    CHECK(json["state"] == "WARNING");
    REQUIRE(json["checks"].size() == 1);
    CHECK(json["checks"][0]["checks"][1]["state"] == "OK");
    CHECK(json["checks"][0]["checks"][0]["output"].get<std::string>().starts_with("web01 memory in use 75.0 %"));
    CHECK(json["checks"][0]["perfdata"][0]["uom"] == "%");
    world.guests[0].cells.per_second.erase(GuestMetric::cpu_time);
    world.write(201);
    CHECK(parsed(world, {"cpu"}, "mp-test-json")["checks"][0]["perfdata"][0]["value"] == "U");
}

TEST_CASE("every mode's JSON parses, whatever guests are called, and where there is no ring") {
    World world;
    fill_full(world);
    world.guests[0].name = "a\"b|c\n\x1b[31m\xff`$;";
    world.guests[0].note = "\xff\"\\\n";
    world.guests[0].disks[0].name = "v\"d\\a\n|";
    world.tell(EventKind::monitor_lost, 0, "\xff\"\\\n`x`");
    world.write(140, 200);
    World none;
    for (const Mode& mode : all_modes()) {
        for (const char* const format : {"json", "mp-test-json"}) {
            for (const World* const each : {&world, &none}) {
                const Json json = parsed(*each, {std::string(mode.name)}, format);
                CHECK(json.dump().find_first_of("|`$;\x1b") == std::string::npos);
            }
        }
    }
}
