// --passive: what is handed out for each guest, and to whom it can be handed.
#include <doctest/doctest.h>

#include <algorithm>
#include <climits>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>
#include <sys/stat.h>
#include <unistd.h>

#include "core/fd.h"
#include "full.h"
#include "plugins/command/mode.h"

using namespace virtscope;
using namespace virtscope::checks;

namespace {

struct Passive {
    std::string time, host, service, code, output;
};

// As Nagios reads its command file: fields end with ';', the last one with the line.
Passive parsed(const std::string& line) {
    Passive result;
    std::istringstream in(line);
    std::string command;
    std::getline(in, result.time, ' ');
    std::getline(in, command, ';');
    CHECK(command == "PROCESS_SERVICE_CHECK_RESULT");
    std::getline(in, result.host, ';');
    std::getline(in, result.service, ';');
    std::getline(in, result.code, ';');
    std::getline(in, result.output);
    return result;
}

std::vector<std::string> lines_of(const std::string& path) {
    std::ifstream file(path);
    std::vector<std::string> lines;
    for (std::string line; std::getline(file, line);) lines.push_back(line);
    return lines;
}

// Output of a check as a passive result holds it.
std::string joined(std::string text) {
    text.pop_back();
    for (std::size_t at = text.find('\n'); at != std::string::npos; at = text.find('\n', at)) text.replace(at, 1, "\\n");
    return text;
}

void fill_two(World& world) {
    fill_full(world);
    world.guests.push_back(full_guest("db02"));
    world.guests[1].cells.now[GuestMetric::memory_usable] = 1000;
    world.guests[1].state = GuestState::paused;
    world.write(140, 199);
    world.tell(EventKind::monitor_lost, 1, "no answer");
    world.write(200);
}

}  // namespace

TEST_CASE("each guest's result is what a check of that guest alone says, in every mode") {
    World world;
    fill_two(world);
    const std::string path = world.directory() + "/results";
    for (const Mode& mode : all_modes()) {
        if (mode.about == About::host) continue;
        CAPTURE(mode.name);
        std::filesystem::remove(path);
        const std::string name(mode.name);
        const Answer summary = world.run({name, "--passive", path}, 200);
        CHECK(summary.status == Status::ok);
        const auto lines = lines_of(path);
        REQUIRE(lines.size() == 2);
        for (std::size_t i = 0; i < 2; ++i) {
            const Passive result = parsed(lines[i]);
            CHECK(result.time == "[1800000200]");
            CHECK(result.host == world.guests[i].name);
            CHECK(result.service == "virt " + name);
            const Answer alone = world.run({name, "--guest", world.guests[i].name}, 200);
            CHECK(result.code == std::to_string(static_cast<int>(alone.status)));
            // The age of the data is the run's, told once in its summary.
            std::string text = joined(alone.text);
            if (const std::size_t at = text.find("\\ndata: 0 ns old"); at != std::string::npos) text.erase(at, 16);
            CHECK(result.output == text);
        }
    }
}

TEST_CASE("the summary counts, names the service as wished, and a file is appended to") {
    World world;
    fill_two(world);
    const std::string path = world.directory() + "/results";
    const Answer summary = world.run({"memory", "-c", "90", "--passive", path, "--passive-service", "Memory of guest"}, 200);
    CHECK(has(summary, "VIRT MEMORY OK: 2 results handed out: 1 OK, 0 WARNING, 1 CRITICAL, 0 UNKNOWN | OK=1;;;0 WARNING=0;;;0 "
                       "CRITICAL=1;;;0 UNKNOWN=0;;;0\n"));
    CHECK(world.exit_code({"memory", "--passive", path}, 200) == 0);
    const auto lines = lines_of(path);
    REQUIRE(lines.size() == 4);
    CHECK(parsed(lines[0]).service == "Memory of guest");
    CHECK(parsed(lines[2]).service == "virt memory");
}

TEST_CASE("a service of which Nagios could not be told is refused") {
    World world;
    fill_two(world);
    const Answer answer = world.run({"memory", "--passive", world.directory() + "/results", "--passive-service", "a;b"}, 200);
    CHECK(answer.status == Status::unknown);
    CHECK(has(answer, "--passive-service a?b: no service is called so"));
    CHECK_FALSE(std::filesystem::exists(world.directory() + "/results"));
}

TEST_CASE("of a dead agent every result is UNKNOWN, and the summary with them") {
    World world;
    fill_two(world);
    const std::string path = world.directory() + "/results";
    for (const Mode& mode : all_modes()) {
        if (mode.about == About::host) continue;
        std::filesystem::remove(path);
        const Answer summary = world.run({std::string(mode.name), "--passive", path}, 260);
        CHECK(summary.status == Status::unknown);
        CHECK(has(summary, "the newest data is 1 min old"));
        const auto lines = lines_of(path);
        REQUIRE(lines.size() == 2);
        for (const std::string& line : lines) {
            CHECK(parsed(line).code == "3");
            CHECK(parsed(line).output.find("the newest data is 1 min old") != std::string::npos);
        }
    }
}

TEST_CASE("nobody to hand results out for, or somebody missing, is not OK") {
    World world;
    fill_two(world);
    const std::string path = world.directory() + "/results";
    CHECK(world.exit_code({"memory", "--passive", path, "--guest", "nobody"}, 200) == 3);
    CHECK(has(world.run({"memory", "--passive", path, "--guest", "web01", "--guest", "nobody"}, 200), "nobody is not on this host"));
    CHECK(world.exit_code({"memory", "--passive", path, "--guest", "no*"}, 200) == 3);
    CHECK(world.exit_code({"memory", "--passive", path, "--exclude", "*"}, 200) == 3);
}

TEST_CASE("a guest that is missing in the expected set is no other guest's result") {
    World world;
    fill_two(world);
    const std::string expected = world.directory() + "/expected", path = world.directory() + "/results";
    { std::ofstream(expected) << "web01\ndb02 paused\nmail03\n"; }
    CHECK(world.exit_code({"state", "--expect", expected}, 200) == 2);
    const Answer summary = world.run({"state", "--expect", expected, "--passive", path}, 200);
    for (const std::string& line : lines_of(path)) CHECK(parsed(line).code == "0");
    // But somebody must hear of it.
    CHECK(summary.status == Status::critical);
    CHECK(has(summary, "mail03 is missing: it is not on this host"));
}

TEST_CASE("thresholds on the number of guests are the summary's, not each guest's") {
    World world;
    fill_two(world);
    const std::string path = world.directory() + "/results";
    const Answer summary = world.run({"state", "-c", "2:", "--passive", path}, 200);
    CHECK(summary.status == Status::critical);
    CHECK(has(summary, "number of running guests outside 2:"));
    REQUIRE(lines_of(path).size() == 2);
    CHECK(parsed(lines_of(path)[0]).code == "0");
    CHECK(parsed(lines_of(path)[1]).code == "1");
    CHECK(lines_of(path)[0].find("running=1;;;0 ") != std::string::npos);
    CHECK(world.exit_code({"state", "-c", "1:", "--passive", path}, 200) == 0);
    CHECK(has(world.run({"state", "-c", "@1"}, 200), "number of running guests inside @1 |"));
}

TEST_CASE("a pipe with a reader takes whole lines; without one, and what is neither file nor pipe, is UNKNOWN") {
    World world;
    fill_two(world);
    const std::string pipe = world.directory() + "/nagios.cmd";
    REQUIRE(::mkfifo(pipe.c_str(), 0600) == 0);
    CHECK(has(world.run({"cpu", "--passive", pipe}, 200), "nobody reads this pipe: is Nagios running?"));
    CHECK(world.exit_code({"cpu", "--passive", pipe}, 200) == 3);
    const Fd reader(::open(pipe.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC));
    REQUIRE(reader);
    CHECK(world.exit_code({"cpu", "--passive", pipe}, 200) == 0);
    std::string got(65536, '\0');
    const ssize_t size = ::read(reader.get(), got.data(), got.size());
    REQUIRE(size > 0);
    got.resize(static_cast<std::size_t>(size));
    CHECK(std::ranges::count(got, '\n') == 2);
    CHECK(got.ends_with('\n'));

    const std::string file = world.directory() + "/file", link = world.directory() + "/link";
    { std::ofstream out(file); }
    std::filesystem::create_symlink(file, link);
    for (const std::string& wrong : {link, world.directory(), std::string("/dev/null"), std::string("/no/such/folder/file"), std::string("/proc/version")}) {
        const Answer answer = world.run({"cpu", "--passive", wrong}, 200);
        CHECK(answer.status == Status::unknown);
        CHECK(has(answer, wrong + ":"));
    }
    CHECK(std::filesystem::file_size(file) == 0);
}

TEST_CASE("a command file is never made: what its reader would find there instead of room for its pipe") {
    World world;
    fill_two(world);
    world.write(140, 200);
    const std::string path = world.directory() + "/nagios.cmd";
    const Answer absent = world.run({"state", "--passive", path}, 200);
    CHECK(absent.status == Status::unknown);
    CHECK(has(absent, "--passive " + path + ": No such file"));
    CHECK_FALSE(std::filesystem::exists(path));
    { std::ofstream(path) << "kept"; }
    const Answer file = world.run({"state", "--passive", path}, 200);
    CHECK(file.status == Status::unknown);
    CHECK(has(file, "is no pipe: remove it"));
    CHECK(lines_of(path) == std::vector<std::string>{"kept"});
}

TEST_CASE("a thousand guests with hostile names: lines of one piece each, hosts all different and legal") {
    World world;
    fill_full(world);
    world.guests.clear();
    const std::vector<std::string> bad{"a b", "it's", "x;y", "x|y", "`id`", "$(id)", "grün", "日本語", "\x1b[31m\n[1] X;Y", "\xff\xfe", "", "same",
                                       "same", "testhost", "..", std::string(300, 'x'), "back\\slash\\n"};
    for (std::size_t i = 0; i < 1000; ++i) {
        WorldGuest guest = full_guest(i < bad.size() ? bad[i] : "vm" + std::to_string(i));
        guest.note = bad[i % bad.size()];
        guest.disks[0].name = bad[i % bad.size()] + std::to_string(i % 7);
        world.guests.push_back(std::move(guest));
    }
    world.write(190, 200);
    const std::string path = world.directory() + "/results";
    for (const char* const mode : {"state", "block", "net"}) {
        std::filesystem::remove(path);
        CHECK(world.exit_code({mode, "-vvv", "--why", "--passive", path, "--max-output", "65536"}, 200) == 0);
        std::ifstream file(path);
        std::set<std::string> hosts;
        std::size_t lines = 0;
        for (std::string line; std::getline(file, line); ++lines) {
            CHECK(line.size() < PIPE_BUF);
            const Passive result = parsed(line);
            CHECK(hosts.insert(result.host).second);
            CHECK(result.host.find_first_of("`~!$%^&*|'\"<>?,()=;\\/") == std::string::npos);
            CHECK(result.code.find_first_not_of("0123") == std::string::npos);
            CHECK(result.output.starts_with("VIRT "));
            CHECK(result.output.find_first_of("`$\x1b\r") == std::string::npos);
            // A backslash begins nothing but the end of a line.
            for (std::size_t at = line.find('\\'); at != std::string::npos; at = line.find('\\', at + 1)) CHECK(line.substr(at, 2) == "\\n");
        }
        CHECK(lines == 1000);
    }
}
