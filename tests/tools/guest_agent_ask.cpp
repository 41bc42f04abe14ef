// guest_agent_ask PID info|powerdown|reboot: what drivers/qemu/guest_agent.h does for one QEMU process.
// Prints the JSON or nothing; exit code 1 with one line on standard error where it fails.
#include <charconv>
#include <chrono>
#include <cstdio>
#include <string>
#include <string_view>

#include "drivers/qemu/guest_agent.h"

using namespace virtscope;
using namespace virtscope::qemu;

namespace {

Result<std::string> carry_out(pid_t pid, std::string_view what) {
    const auto process = Process::open("/proc", pid);
    if (!process) return std::unexpected(process.error());
    const auto arguments = process->read("cmdline");
    if (!arguments) return std::unexpected(arguments.error());
    const CommandLine line = parse_command_line(*arguments);
    const auto deadline = GuestAgent::Clock::now() + std::chrono::seconds(5);
    if (what == "info") return guest_info(*process, line, deadline);
    const auto done = agent_shutdown(*process, line, what, deadline);
    if (!done) return std::unexpected(done.error());
    return std::string();
}

}  // namespace

int main(int argc, char** argv) {
    const std::string_view number = argc == 3 ? argv[1] : "";
    pid_t pid = 0;
    if (std::from_chars(number.data(), number.data() + number.size(), pid).ec != std::errc{}) {
        std::fputs("usage: guest_agent_ask PID info|powerdown|reboot\n", stderr);
        return 2;
    }
    const auto answer = carry_out(pid, argv[2]);
    if (!answer) {
        std::fprintf(stderr, "%s\n", answer.error().message.c_str());
        return 1;
    }
    std::printf("%s\n", answer->c_str());
    return 0;
}
