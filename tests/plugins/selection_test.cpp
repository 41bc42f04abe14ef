// --guest, --exclude, --top and --worst: who is looked at, and who of them is shown.
#include <doctest/doctest.h>

#include "full.h"

using namespace virtscope;
using namespace virtscope::checks;

namespace {

// Memory in use: web01 10 %, web02 20 %, db01 40 %, db02 80 %.
void fill_four(World& world) {
    fill_full(world);
    world.guests.clear();
    std::uint64_t used = 100;
    for (const char* const name : {"web01", "web02", "db01", "db02"}) {
        world.guests.push_back(full_guest(name));
        world.guests.back().cells.now[GuestMetric::memory_available] = 1000;
        world.guests.back().cells.now[GuestMetric::memory_usable] = 1000 - used;
        used *= 2;
    }
    world.write(140, 200);
}

std::string perfdata(const World& world, std::vector<std::string> more) {
    more.insert(more.begin(), "memory");
    const std::string text = world.run(more, 200).text;
    const std::size_t bar = text.find(" | ");
    return bar == std::string::npos ? "" : text.substr(bar + 3, text.find('\n') - bar - 3);
}

}  // namespace

TEST_CASE("guests by name, glob, expression and UUID; --exclude wins") {
    World world;
    fill_four(world);
    CHECK(perfdata(world, {}) == "web01=10% web02=20% db01=40% db02=80%");
    CHECK(perfdata(world, {"--guest", "db*"}) == "db01=40% db02=80%");
    CHECK(perfdata(world, {"--guest", "/1$/"}) == "web01=10% db01=40%");
    CHECK(perfdata(world, {"--guest", "/^(web|db)02$/"}) == "web02=20% db02=80%");
    CHECK(perfdata(world, {"--guest", "web01", "--guest", world_uuid(3).text()}) == "web01=10% db02=80%");
    CHECK(perfdata(world, {"--exclude", "*01"}) == "web02=20% db02=80%");
    CHECK(perfdata(world, {"--guest", "web*", "--exclude", "/2$/"}) == "web01=10%");
    CHECK(perfdata(world, {"--guest", "web01", "--guest", "w*"}) == "web01=10% web02=20%");
}

TEST_CASE("one guest by name has its measures' labels, with whichever pattern it is named") {
    World world;
    fill_four(world);
    const std::string all = perfdata(world, {"--guest", "db01"});
    CHECK(all.starts_with("used=40% used_bytes=400B;;;0 resident="));
    CHECK(perfdata(world, {"--guest", world_uuid(2).text()}) == all);
    CHECK(perfdata(world, {"--guest", "db0[1]"}) == "db01=40%");
}

TEST_CASE("--top shows the worst, and judges all") {
    World world;
    fill_four(world);
    CHECK(perfdata(world, {"--top", "2"}) == "db02=80% db01=40%");
    CHECK(perfdata(world, {"--top", "9"}) == "web01=10% web02=20% db01=40% db02=80%");
    const Answer answer = world.run({"memory", "--top", "1", "-w", "30", "-c", "90"}, 200);
    CHECK(answer.status == Status::warning);
    CHECK(has(answer, "4 guests, highest memory in use 80.0 % (db02): db02 memory in use 80.0 %, outside 30 % | db02=80%;30;90\n"));
    CHECK_FALSE(has(answer, "db01"));
    // The lowest are the worst where little is bad; one is not OK though it is not shown.
    CHECK(world.exit_code({"memory", "--top", "1", "-w", "15:"}, 200) == 1);
}

TEST_CASE("who is named twice is one") {
    World world;
    fill_four(world);
    CHECK(world.run({"memory", "--guest", "web01", "--guest", "web01"}, 200).text ==
          world.run({"memory", "--guest", "web01"}, 200).text);
    CHECK(world.run({"memory", "--guest", "nobody", "--guest", "nobody"}, 200).text ==
          world.run({"memory", "--guest", "nobody"}, 200).text);
}

TEST_CASE("--worst shows one, under a label that stays") {
    World world;
    fill_four(world);
    CHECK(perfdata(world, {"--worst"}) == "used=80%");
    CHECK(perfdata(world, {"--worst", "--guest", "web*"}) == "used=20%");
    CHECK(perfdata(world, {"--worst", "-w", "used_bytes=500"}) == "used_bytes=800B;500;;0");
    const Answer answer = world.run({"memory", "--worst", "-w", "30", "-c", "70"}, 200);
    CHECK(answer.status == Status::critical);
    CHECK(has(answer, "\nCRITICAL: db02 memory in use 80.0 %, outside 70 %, since"));
    CHECK_FALSE(has(answer, "db01"));
}

TEST_CASE("labels of several measures have the measure's name, but for the first") {
    World world;
    fill_four(world);
    CHECK(perfdata(world, {"--guest", "db*", "-w", "used_bytes=500"}) ==
          "db01=40% db01_used_bytes=400B;500;;0 db02=80% db02_used_bytes=800B;500;;0");
}
