#include "top/compose/help_view.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "core/text.h"
#include "top/session/commands.h"

namespace virtscope::top {
namespace {

constexpr std::size_t half = 39;  // columns of each of two

constexpr std::array<std::string_view, 8> filter_text{
    "FILTER: terms that must all hold",
    "web        in the guest's or device's",
    "           name; web|db: either",
    "/^web[0-9]/  a regular expression",
    "state:paused state:off state:stale …",
    "host:TEXT driver:TEXT is:tagged",
    "!TERM      the opposite",
    "",
};

constexpr std::array<std::string_view, 14> columns_text{
    "COLUMNS (all rates a second)",
    "S    state; ! it does not answer",
    "RDRQ WRRQ requests, RDBY WRBY bytes",
    "%CPU of all CPUs of the host",
    "%1CP of one CPU, %VCP of its vCPUs",
    "%MEM of the host's memory",
    "%STL of its vCPUs' time, spent",
    "     waiting for a CPU (steal)",
    "AGE  seconds since what only the",
    "     hypervisor knows was true",
    "-    not known",
    "",
    "R running S sleeping P paused O off",
    "M suspended D shutting down X crashed",
};

std::vector<std::string> section_lines(Section section) {
    std::vector<std::string> lines{std::string(section_title(section))};
    for (const Command& command : commands()) {
        if (command.section != section || command.shown.empty()) continue;
        lines.push_back(fmt::format("{:<9}{}", command.shown, command.about));
    }
    lines.emplace_back();
    return lines;
}

void append(std::vector<std::string>& lines, std::vector<std::string> more) {
    std::ranges::move(more, std::back_inserter(lines));
}

// Two columns where there is room for them.
std::vector<std::string> help_lines(std::size_t width) {
    std::vector<std::string> left = section_lines(Section::main);
    append(left, section_lines(Section::rows));
    append(left, section_lines(Section::order));
    for (const std::string_view line : filter_text) left.emplace_back(line);
    std::vector<std::string> right = section_lines(Section::views);
    append(right, section_lines(Section::time));
    for (const std::string_view line : columns_text) right.emplace_back(line);
    if (width < 2 * half) {
        append(left, std::move(right));
        return left;
    }
    left.resize(std::max(left.size(), right.size()));
    for (std::size_t i = 0; i < right.size(); ++i) left[i] = fit(left[i], half + 1) + right[i];
    return left;
}

std::string settings_text(const Session& session, const Scene& scene) {
    const Sorting& sorting = session.of_list().sorting;
    std::string text = fmt::format("Delay: {} secs; Sort: {}{}", delay_text(session.delay), sorting.by->about,
                                   sorting.inverted ? " (reversed)" : "");
    if (session.secure) text += "; Secure: On";
    if (scene.hosts.size() > 1 || !scene.hosts.front().is_known()) return text;
    const RosterHost& host = scene.hosts.front().picture.frame().roster->host;
    return text + fmt::format("; {}; Host: {}", host.hypervisor.empty() ? "-" : host.hypervisor, host.name);
}

}  // namespace

Screen help_screen(Session& session, const Scene& scene, Size size) {
    Screen screen;
    const auto add = [&](std::string_view text, Style style = Style::plain) {
        screen.lines.push_back({clip(text, size.columns), style});
    };
    add("virt-top " VIRTSCOPE_VERSION " (virtscope)");
    add(settings_text(session, scene));
    const auto lines = help_lines(size.columns);
    constexpr std::size_t around = 3;
    const std::size_t room = size.rows > around ? size.rows - around : 1;
    session.pane_first = std::min(session.pane_first, lines.size() > room ? lines.size() - room : 0);
    for (std::size_t i = session.pane_first; i < std::min(lines.size(), session.pane_first + room); ++i) add(lines[i]);
    const bool more = session.pane_first + room < lines.size();
    add(more ? "Down: more. man virt-top has all of it. Any other key returns."
             : "man virt-top has more. Any other key returns.",
        Style::hint);
    return screen;
}

}  // namespace virtscope::top
