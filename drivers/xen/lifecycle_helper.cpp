#include "drivers/xen/lifecycle_helper.h"

#include <unistd.h>
#include <array>
#include <cstdlib>

#include "core/text.h"
#include "drivers/xen/lifecycle_process.h"
#include "drivers/xen/lifecycle_wire.h"

namespace virtscope::xen {
namespace {

using namespace std::chrono_literals;
using Steady = std::chrono::steady_clock;

// From its last word to its end.
constexpr auto farewell = 5s;
constexpr auto longest_standstill = 1h;  // of one that is under way: it holds a thread of the agent's

std::string own_folder() {
    std::array<char, 4096> path{};
    const ssize_t size = ::readlink("/proc/self/exe", path.data(), path.size());
    const std::string program(path.data(), size > 0 ? static_cast<std::size_t>(size) : 0);
    return program.substr(0, program.rfind('/') == std::string::npos ? 0 : program.rfind('/'));
}

std::unexpected<Error> not_there(const std::string& path, const Error& error) {
    if (error.kind != ErrorKind::absent) {
        return fail(ErrorKind::unsupported, "orders to Xen guests need virtscope-libxl: {}", error.message);
    }
    return fail(ErrorKind::unsupported,
                "orders to Xen guests need {}, which is not there: build virtscope where libxen-dev is installed",
                printable(path));
}

// What the dynamic linker says when a library is not the one that was built with, in words that help.
std::unexpected<Error> died(const std::string& path, int code, const std::string& complaints) {
    const std::string first = printable(complaints.substr(0, complaints.find('\n')));
    if (code == 127 && complaints.find("error while loading shared libraries") != std::string::npos) {
        return fail(ErrorKind::unsupported,
                    "{}; virtscope-libxl is built for one version of Xen: build it with this host's libxen-dev", first);
    }
    const std::string how =
        code > 128 ? fmt::format("was ended by signal {}", code - 128) : fmt::format("ended with {}", code);
    return fail(ErrorKind::system, "{} {} without an answer{}{}; whether it was done is not known", printable(path),
                how, first.empty() ? "" : ": ", first);
}

}  // namespace

std::string find_helper() {
    if (const char* const set = std::getenv("VIRTSCOPE_LIBXL"); set != nullptr && *set != '\0') return set;
    const std::string beside = own_folder() + "/virtscope-libxl";
    return ::access(beside.c_str(), X_OK) == 0 ? beside : own_folder() + "/../libexec/virtscope/virtscope-libxl";
}

Result<Answer> run_helper(const std::string& path, const Order& order, Progress& progress) {
    const auto text = write_order(order);
    if (!text) return std::unexpected(text.error());
    auto process = HelperProcess::start(path, *text);
    if (!process) return not_there(path, process.error());
    Steady::time_point deadline = order.deadline;
    bool under_way = false;
    for (;;) {
        const auto line = process->line(deadline);
        if (!line && under_way && line.error().kind == ErrorKind::timeout) {
            return fail(ErrorKind::timeout, "has made no progress for an hour and was given up; whether it was done is not known");
        }
        if (!line) return std::unexpected(line.error());
        if (!*line) return died(path, process->ended(Steady::now() + farewell), process->complaints());
        auto report = read_report(**line);
        if (!report) return std::unexpected(report.error());
        if (const auto* advance = std::get_if<Advance>(&*report)) {
            under_way = true;
            deadline = Steady::now() + longest_standstill;
            progress.at(advance->done, advance->total);
            continue;
        }
        process->ended(Steady::now() + farewell);
        if (auto* answer = std::get_if<Answer>(&*report)) return std::move(*answer);
        return std::unexpected(std::get<Error>(*report));
    }
}

}  // namespace virtscope::xen
