#include "plugins/answer/report.h"

#include <algorithm>
#include <numeric>

#include <fmt/format.h>

#include "core/text.h"

namespace virtscope::checks {
namespace {

constexpr std::size_t longest_name = 64;
constexpr std::size_t longest_line = 512;
constexpr std::size_t named_in_summary = 3;
constexpr std::size_t room_for_notice = 160;  // the line that says what was left out

// "db02 paused, mail05 crashed and 4 more": the worst ones, of the report's own status alone.
std::string worst_of(const Report& report) {
    const Status status = report.status();
    if (status == Status::ok) return {};
    std::string text;
    std::size_t named = 0, left = 0;
    for (const Finding& finding : report.findings) {
        if (finding.status != status) continue;
        if (named == named_in_summary) {
            ++left;
            continue;
        }
        ++named;
        text += text.empty() ? "" : ", ";
        text += finding.name.empty() ? "" : harmless(finding.name, longest_name) + " ";
        text += harmless(finding.text);
    }
    if (left > 0) text += fmt::format(" and {} more", left);
    return text;
}

}  // namespace

std::string status_line(const Report& report) {
    const std::string worst = worst_of(report);
    const std::string headline = harmless(report.headline, longest_line);
    return fmt::format("VIRT {} {}: {}{}{}", report.mode, status_name(report.status()), headline,
                       headline.empty() || worst.empty() ? "" : ": ", worst);
}

namespace {

std::string line_of(const Finding& finding, unsigned verbosity, bool why) {
    std::string line = fmt::format("{}: {}{}{}", status_name(finding.status), harmless(finding.name, longest_name),
                                   finding.name.empty() ? "" : " ", harmless(finding.text));
    if (!finding.reason.empty()) line += ": " + harmless(finding.reason);
    if (!finding.since.empty()) line += ", " + harmless(finding.since);
    if (verbosity >= 3 && !finding.detail.empty()) line += fmt::format(" ({})", harmless(finding.detail));
    if (why && !finding.why.empty()) line += " [" + harmless(finding.why, longest_line) + "]";
    return line;
}

std::vector<std::string> long_output(const Report& report, unsigned verbosity, bool why) {
    std::vector<std::string> lines;
    lines.reserve(report.notes.size() + report.findings.size());
    for (const std::string& note : report.notes) lines.push_back(harmless(note, longest_line));
    const Status status = report.status();
    std::size_t named = 0;
    for (const Finding& finding : report.findings) {
        if (finding.status == Status::ok && verbosity == 0 && !why) continue;
        // What the first line says whole is not said again.
        const bool summed_up = finding.status == status && ++named <= named_in_summary;
        const bool said = summed_up && finding.name.empty() && finding.since.empty() && finding.reason.empty();
        if (said && verbosity == 0 && !why) continue;
        lines.push_back(line_of(finding, verbosity, why));
    }
    if (verbosity < 2) return lines;
    for (const std::string& detail : report.details) lines.push_back(harmless(detail, longest_line));
    return lines;
}

// Takes lines as long as they fit into `room` bytes; answers how many.
std::size_t append_lines(std::string& out, const std::vector<std::string>& lines, std::size_t room) {
    std::size_t taken = 0;
    for (const std::string& line : lines) {
        if (out.size() + line.size() + 1 > room) break;
        out += '\n' + line;
        ++taken;
    }
    return taken;
}

// Takes perfdata entries from `next` on as long as they fit into `room` bytes; answers the first that did not.
std::size_t append_perf(std::string& out, const std::vector<Perf>& entries, std::size_t next, std::size_t room) {
    std::string_view separator = " | ";
    for (; next < entries.size(); ++next) {
        const std::string entry = perf_text(entries[next]);
        if (out.size() + separator.size() + entry.size() > room) break;
        out += separator;
        out += entry;
        separator = " ";
    }
    return next;
}

}  // namespace

Status Report::status() const {
    if (findings.empty()) return Status::unknown;
    Status worst = Status::ok;
    for (const Finding& finding : findings) worst = worse(worst, finding.status);
    return worst;
}

std::string harmless(std::string_view text, std::size_t max_bytes) {
    std::string line = printable(text, max_bytes);
    for (char& c : line) {
        if (std::string_view("|`$;").find(c) != std::string_view::npos) c = '?';
    }
    return line;
}

Report unknown_report(std::string text) {
    Report report;
    report.findings.push_back({.status = Status::unknown, .name = {}, .text = std::move(text), .detail = {}});
    return report;
}

void keep_worst(std::size_t count, Report& report) {
    std::vector<std::size_t> order(report.findings.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    const auto before = [&](std::size_t one, std::size_t other) {
        const Finding& a = report.findings[one];
        const Finding& b = report.findings[other];
        if (a.status != b.status) return worse(a.status, b.status) == a.status;
        return a.weight != b.weight ? a.weight > b.weight : one < other;
    };
    std::ranges::sort(order, before);
    order.resize(std::min(count, order.size()));
    std::vector<Finding> kept;
    kept.reserve(order.size());
    for (const std::size_t place : order) kept.push_back(std::move(report.findings[place]));
    report.findings = std::move(kept);
}

std::string render(const Report& report, unsigned verbosity, std::size_t limit, bool why) {
    const std::vector<Perf>& entries = report.perf;
    const std::size_t first_room = std::min(longest_first_line, limit / 2);
    std::string out = printable(status_line(report), std::min(longest_first_line / 2, first_room));
    std::size_t next = append_perf(out, entries, 0, first_room);

    const std::vector<std::string> lines = long_output(report, verbosity, why);
    // Text and the perfdata that is left share what remains.
    const std::size_t text_room = next < entries.size() ? out.size() + (limit - out.size()) / 2 : limit;
    const std::size_t taken = append_lines(out, lines, text_room - std::min(text_room, room_for_notice));
    std::string tail;
    const std::size_t tail_room = limit - std::min(limit, out.size() + room_for_notice);
    next = append_perf(tail, entries, next, tail_room);
    if (taken < lines.size() || next < entries.size()) {
        out += fmt::format("\nLeft out to stay within {} bytes: {} lines, perfdata of {} (see --max-output, --guest)",
                           limit, lines.size() - taken, entries.size() - next);
    } else if (!tail.empty() && taken == 0) {
        out += "\nMore performance data:";
    }
    return out + tail + '\n';
}

}  // namespace virtscope::checks
