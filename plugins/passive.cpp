#include "plugins/passive.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <fcntl.h>
#include <iterator>
#include <linux/limits.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/fd.h"
#include "core/object_name.h"
#include "core/text.h"
#include "core/write_all.h"
#include "plugins/command/mode.h"
#include "plugins/look/selection.h"

namespace virtscope::checks {
namespace {

// Lines up to this go into a pipe whole, whoever else writes there; and Nagios reads no longer ones.
constexpr std::size_t longest_line = PIPE_BUF;

Report judge(const Request& request, Snapshot& snapshot, const std::string& complaint) {
    if (!complaint.empty()) return unknown_report(complaint);
    auto report = request.mode->run(request, snapshot);
    return report ? std::move(*report) : unknown_report(report.error().message);
}

// Lines of the output are joined by \n, two characters, which Nagios takes for a line's end.
std::string escaped(std::string_view text) {
    std::string out;
    for (const char c : text) {
        if (c == '\n') {
            out += "\\n";
        } else if (c == '\\') {
            out += '/';
        } else {
            out += c;
        }
    }
    return out;
}

std::string line_for(const std::string& host, const Request& request, const Report& report, std::int64_t now) {
    const std::string head = fmt::format("[{}] PROCESS_SERVICE_CHECK_RESULT;{};{};{};", now / 1'000'000'000, host,
                                         harmless(request.passive_service, 128), static_cast<int>(report.status()));
    // Escaping makes it longer: a line is tried with less until it fits.
    for (std::size_t room = longest_line - head.size();; room = room * 3 / 4) {
        std::string text = render(report, request.verbosity, std::min(room, request.text_limit()), request.why);
        text = escaped(std::string_view(text).substr(0, text.size() - 1));
        if (head.size() + text.size() < longest_line) return head + text + "\n";
    }
}

// A monitor's command file (nagios.cmd, icinga2.cmd) is a pipe that the monitor makes, some time after it has begun to run
// checks: a file in its place would keep it from that for good.
bool is_command_file(const std::string& path) { return path.ends_with(".cmd"); }

Result<Fd> open_target(const std::string& path) {
    // A pipe without a reader would make a writer wait for ever: O_NONBLOCK makes it an error instead.
    const int make = is_command_file(path) ? 0 : O_CREAT;
    Fd fd(::open(path.c_str(), make | O_WRONLY | O_APPEND | O_CLOEXEC | O_NONBLOCK | O_NOCTTY | O_NOFOLLOW, 0660));
    if (!fd && errno == ENXIO) return fail(ErrorKind::busy, "--passive {}: nobody reads this pipe: is Nagios running?", path);
    if (!fd) return fail_errno(errno, "--passive {}", path);
    struct stat status {};
    if (::fstat(fd.get(), &status) != 0) return fail_errno(errno, "--passive {}", path);
    if (is_command_file(path) && !S_ISFIFO(status.st_mode))
        return fail(ErrorKind::malformed, "--passive {}: is no pipe: remove it and start the monitor again", path);
    if (S_ISREG(status.st_mode)) {
        if (::flock(fd.get(), LOCK_EX) != 0) return fail_errno(errno, "--passive {}", path);
    } else if (S_ISFIFO(status.st_mode)) {
        // From here on waiting for the reader to make room is right; the time limit is the check's.
        ::fcntl(fd.get(), F_SETFL, O_WRONLY | O_APPEND);
    } else {
        return fail(ErrorKind::malformed, "--passive {}: want a file or a pipe", path);
    }
    return fd;
}

Report summary(const std::array<std::size_t, 4>& counts, std::size_t handed) {
    Report report;
    report.headline = fmt::format("{} results handed out: {} OK, {} WARNING, {} CRITICAL, {} UNKNOWN", handed, counts[0],
                                  counts[1], counts[2], counts[3]);
    report.findings.push_back({.status = Status::ok, .name = {}, .text = {}, .detail = {}});
    Labels labels;
    for (std::size_t i = 0; i < counts.size(); ++i) {
        const auto name = status_name(static_cast<Status>(i));
        report.perf.push_back({.label = labels.fixed(name), .value = static_cast<double>(counts.at(i)), .unit = "",
                               .thresholds = nullptr, .minimum = 0, .maximum = std::nullopt});
    }
    return report;
}

}  // namespace

Result<Report> hand_out(const Request& request, Snapshot& snapshot, const std::string& complaint, std::int64_t now) {
    const Roster& roster = *snapshot.frame->roster;
    const auto target = open_target(request.passive);
    if (!target) return std::unexpected(target.error());
    std::array<std::size_t, 4> counts{};
    std::string lines;
    Request one = request;
    const Chosen chosen = choose_guests(roster, request);
    const std::vector<std::string> hosts = object_names(roster);
    for (const std::size_t row : chosen.guests) {
        one.only = row;
        Report report = judge(one, snapshot, complaint);
        report.mode = request.mode->service;
        ++counts.at(static_cast<std::size_t>(report.status()));
        lines += line_for(hosts[row], request, report, now);
    }
    // Line by line: what goes into a pipe at once must not be longer than PIPE_BUF to stay in one piece.
    for (std::size_t begin = 0; begin < lines.size();) {
        const std::size_t end = lines.find('\n', begin) + 1;
        const auto written = write_all(target->get(), std::string_view(lines).substr(begin, end - begin), request.passive);
        if (!written) return std::unexpected(written.error());
        begin = end;
    }
    Report report = summary(counts, chosen.guests.size());
    if (chosen.guests.empty()) report.findings.clear();
    if (request.mode->run_for_none != nullptr && complaint.empty()) {
        auto rest = request.mode->run_for_none(request, snapshot);
        if (!rest) return std::unexpected(rest.error());
        std::ranges::move(rest->findings, std::back_inserter(report.findings));
    } else {
        add_missing(chosen, Status::unknown, "is not on this host, so nothing was handed out for it", report);
    }
    if (!complaint.empty()) report.findings.push_back({.status = Status::unknown, .name = {}, .text = complaint, .detail = {}});
    return report;
}

}  // namespace virtscope::checks
