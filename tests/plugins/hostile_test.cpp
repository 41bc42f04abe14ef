// Names that guests choose: whatever they hold, the output has one status line, whole perfdata and nothing a
// shell or a terminal would act on.
#include <doctest/doctest.h>

#include <algorithm>
#include <random>

#include "full.h"
#include "plugins/command/mode.h"

using namespace virtscope;
using namespace virtscope::checks;

namespace {

// A reader of perfdata as strict as the guidelines; answers the number of entries, -1 if malformed.
int count_entries(std::string_view text) {
    int entries = 0;
    while (!text.empty()) {
        if (text.front() == ' ') {
            text.remove_prefix(1);
            continue;
        }
        const bool quoted = text.front() == '\'';
        const std::size_t end = quoted ? text.find('\'', 1) : text.find('=');
        if (end == std::string_view::npos || end == 0) return -1;
        if (!quoted && text.substr(0, end).find(' ') != std::string_view::npos) return -1;
        text.remove_prefix(quoted ? end + 1 : end);
        if (!text.starts_with('=')) return -1;
        const std::size_t stop = std::min(text.find(' '), text.size());
        if (text.substr(1, stop - 1).find_first_not_of("0123456789.-U;%@:~sBc") != std::string_view::npos) return -1;
        text.remove_prefix(stop);
        ++entries;
    }
    return entries;
}

void check_output(const std::string& text, int entries) {
    CAPTURE(text);
    CHECK(text.find_first_of("`$\x1b\r\t\x7f") == std::string::npos);
    CHECK(text.ends_with('\n'));
    CHECK(std::ranges::count(text, '|') == 1);
    const std::size_t bar = text.find(" | ");
    REQUIRE(bar < text.find('\n'));
    CHECK(count_entries(text.substr(bar + 3, text.find('\n') - bar - 3)) == entries);
}

}  // namespace

TEST_CASE("names with blanks, quotes, = | and UTF-8") {
    World world;
    world.guests.clear();
    for (const char* const name : {"a b", "it's", "a=b", "a|b", "grün", "日本語", "a\"b|c\n\x1b[31m", "$(id)`id`;x", "\xff\xfe",
                                   "\xe2\x80\xae" "evil", "' ' =1;2", "", "..", "--guest"}) {
        world.guests.push_back({.name = name, .state = GuestState::crashed, .note = name, .cpu_time_cell = {}});
    }
    world.write(100, 170);
    check_output(world.run({"cpu", "-vvv", "-w", "@10:20"}, 170).text, 14);
    check_output(world.run({"state", "-vvv"}, 170).text, 5);
    CHECK(world.exit_code({"state", "--guest", "a b", "--guest", "日本語"}, 170) == 2);
    CHECK(world.exit_code({"cpu", "--guest", "a\"b|c\n\x1b[31m"}, 170) == 0);
    CHECK(world.exit_code({"cpu", "--guest=--guest"}, 170) == 0);
    check_output(world.run({"state", "--guest", "no|such\n`x`"}, 170).text, 5);
}

TEST_CASE("every mode, with such names for guests, devices and reasons: one bar a line at most, perfdata that parses") {
    World world;
    fill_full(world);
    world.guests.clear();
    for (const char* const name : {"a b", "it's", "a=b", "a|b", "a;b", "grün", "a\"b|c\n\x1b[31m", "$(id)`id`;x", "\xff\xfe", "' ' =1;2"}) {
        WorldGuest guest = full_guest(name);
        guest.note = name;
        guest.vcpu_rows[0].name = guest.disks[0].name = guest.nics[0].name = guest.filesystems[0].name = guest.displays[0].name = name;
        guest.stale = 1;
        guest.cells.now[GuestMetric::monitor_age] = 60 * second;
        world.guests.push_back(std::move(guest));
    }
    world.nodes[0].name = "n|o;d'e=`\n";
    world.write(140, 199);
    for (std::size_t i = 0; i < world.guests.size(); ++i) world.tell(EventKind::monitor_lost, i, world.guests[i].name);
    world.write(200);
    for (const Mode& mode : all_modes()) {
        for (std::size_t i = 0; i <= world.guests.size(); ++i) {
            std::vector<std::string> words{std::string(mode.name), "-vvv", "--why"};
            if (i > 0 && mode.about == About::host) break;
            if (i > 0) words.insert(words.end(), {"--guest", world_uuid(i - 1).text()});
            const std::string text = world.run(words, 200).text;
            CAPTURE(text);
            CHECK(text.find_first_of("`$\x1b\r\t\x7f") == std::string::npos);
            CHECK(std::ranges::count(text, '|') == 1);
            const std::size_t bar = text.find(" | ");
            REQUIRE(bar < text.find('\n'));
            CHECK(count_entries(text.substr(bar + 3, text.find('\n') - bar - 3)) > 0);
            CHECK(text.substr(text.find('\n')).find(';') == std::string::npos);
        }
    }
}

TEST_CASE("random bytes for names") {
    std::mt19937 random(5);
    for (int round = 0; round < 30; ++round) {
        World world;
        world.guests.clear();
        for (int i = 0; i < 20; ++i) {
            std::string name(random() % 60, ' ');
            for (char& c : name) c = static_cast<char>(random() % 256);
            world.guests.push_back({.name = name, .note = name, .cpu_time_cell = {}});
        }
        world.write(100, 101);
        check_output(world.run({"cpu", "-vvv"}, 101).text, 20);
    }
}
