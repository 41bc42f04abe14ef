// check_virt as a process: exit codes, its links, where the answer goes, and how long it takes.
#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "plugins/command/mode.h"
#include "process.h"
#include "world.h"

using namespace virtscope;
using namespace virtscope::checks;

TEST_CASE("exit codes and where the text goes") {
    World world;
    world.write(100);
    CHECK(run({"--help"}).code == 3);
    CHECK(run({"state", "--help"}).output.find("--expect") != std::string::npos);
    CHECK(run({"-V"}).code == 3);
    CHECK(run({}).code == 3);
    CHECK(run({"state", "--nonsense"}).code == 3);
    const Ended old = run({"state", "--ring", world.ring()});
    CHECK(old.code == 3);
    CHECK(old.output.starts_with("VIRT STATE UNKNOWN: "));
    CHECK(std::ranges::count(run({"cpu", "-w", "x\ny"}).output, '\n') == 1);
}

TEST_CASE("a real ring gives real answers") {
    World world;
    write_simulated(world.ring(), 8);
    CHECK(run({"state", "--ring", world.ring(), "--exclude", "backup08"}).code == 0);
    CHECK(run({"state", "--ring", world.ring()}).code == 1);  // backup08 is paused
    CHECK(run({"state", "--ring", world.ring(), "--guest", "nobody"}).code == 2);
    CHECK(run({"agent", "--ring", world.ring()}).code == 0);
}

TEST_CASE("a link a mode") {
    World world;
    write_simulated(world.ring(), 4);
    for (const Mode& mode : all_modes()) {
        const std::string link = std::string(CHECK_VIRT) + "_" + std::string(mode.name);
        CHECK_MESSAGE(std::filesystem::is_symlink(link), link);
        const Ended ended = run({"--ring", world.ring()}, [] {}, link);
        CHECK_MESSAGE(ended.output.starts_with("VIRT " + std::string(mode.service) + " "), ended.output);
        CHECK(run({"-h"}, [] {}, link).code == 3);
        CHECK(run({"-V"}, [] {}, link).output.starts_with("check_virt (virtscope) "));
    }
    const std::string other = world.directory() + "/check_virt_guest_agent";
    std::filesystem::create_symlink(CHECK_VIRT, other);
    CHECK(run({"--ring", world.ring()}, [] {}, other).output.starts_with("VIRT GUEST-AGENT "));
    const std::string none = world.directory() + "/check_virt_nothing";
    std::filesystem::create_symlink(CHECK_VIRT, none);
    CHECK(run({}, [] {}, none).output.starts_with("VIRT UNKNOWN: 'nothing' is no mode"));
}

TEST_CASE("a usage text only for those who ask for it") {
    CHECK(run({"cpu", "-h"}).output.find("Usage:") != std::string::npos);
    for (const std::vector<std::string>& wrong : {std::vector<std::string>{}, {"nothing"}, {"cpu", "--nothing"}, {"cpu", "-w"}, {"cpu", "-w", "x"}}) {
        const Ended ended = run(wrong);
        CHECK(ended.code == 3);
        CHECK(ended.output.starts_with("VIRT UNKNOWN: "));
        CHECK(std::ranges::count(ended.output, '\n') == 1);
    }
}

TEST_CASE("whichever of the standard descriptors are closed, no file of ours takes their place") {
    World world;
    write_simulated(world.ring(), 1);
    const std::string results = world.directory() + "/results";
    { std::ofstream out(results); }
    for (int closed = 1; closed < 8; ++closed) {
        CAPTURE(closed);
        const auto close_some = [&] {
            for (int fd = 0; fd < 3; ++fd) {
                if ((closed >> fd & 1) != 0) ::close(fd);
            }
        };
        const bool heard = (closed & 2) == 0;
        CHECK(run({"state", "--ring", world.ring()}, close_some).code == (heard ? 0 : 3));
        std::filesystem::resize_file(results, 0);
        CHECK(run({"state", "--ring", world.ring(), "--passive", results}, close_some).code == (heard ? 0 : 3));
        std::ifstream file(results);
        std::size_t lines = 0;
        for (std::string line; std::getline(file, line); ++lines) CHECK(line.find("PROCESS_SERVICE_CHECK_RESULT") != std::string::npos);
        CHECK(lines == 1);
    }
}

TEST_CASE("no process and no descriptors to be had: an answer all the same, and no wrong one") {
    World world;
    write_simulated(world.ring(), 1);
    const auto limit = [](auto what, rlim_t most) {
        const rlimit both{most, most};
        ::setrlimit(what, &both);
    };
    CHECK(run({"state", "--ring", world.ring()}, [&] { limit(RLIMIT_NPROC, 0); }).code == 0);
#ifndef CHECK_VIRT_SANITIZED  // a sanitizer needs descriptors of its own
    // The linker needs one, and so does the ring: a second file is one too many. Whoever runs the tests may have left some open.
    const auto one_left = [&] {
        ::close_range(3, ~0U, 0);
        limit(RLIMIT_NOFILE, 4);
    };
    CHECK(run({"state", "--ring", world.ring()}, one_left).code == 0);
    const Ended ended = run({"state", "--ring", world.ring(), "--passive", world.directory() + "/results"}, one_left);
    CHECK(ended.code == 3);
    CHECK(ended.output.starts_with("VIRT STATE UNKNOWN: --passive "));
#endif
}

TEST_CASE("an answer that nobody could read is not OK") {
    World world;
    write_simulated(world.ring(), 1);
    const std::string command = std::string(CHECK_VIRT) + " state --ring '" + world.ring() + "'";
    for (const char* const output : {">/dev/full", ">&-"}) {
        const int status = std::system((command + output).c_str());
        CHECK(WEXITSTATUS(status) == 3);
    }
    CHECK(WEXITSTATUS(std::system((command + ">/dev/null").c_str())) == 0);
}

TEST_CASE("1,000 guests are checked quickly") {
    World world;
    write_simulated(world.ring(), 1000);
    std::vector<double> took;
    for (int round = 0; round < 100; ++round) {
        const auto before = std::chrono::steady_clock::now();
        const Ended ended = run({round % 2 == 0 ? "cpu" : "state", "--ring", world.ring()});
        took.push_back(std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - before).count());
        CHECK(ended.code >= 0);
        CHECK(ended.code <= 3);
    }
    std::ranges::sort(took);
    std::printf("check_virt on 1,000 guests: median %.1f ms, p99 %.1f ms\n", took[50], took[98]);
    CHECK(took[50] < 200);  // unoptimised, under a sanitizer, on a busy machine
}
