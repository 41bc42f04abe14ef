#include "top/compose/above.h"

#include <algorithm>

#include <fmt/format.h>

#include "core/text.h"
#include "top/compose/arrange.h"
#include "top/view/figures.h"
#include "top/view/fleet_summary.h"
#include "top/view/history_lines.h"
#include "top/view/summary.h"

namespace virtscope::top {
namespace {

constexpr std::size_t most_in_trouble = 4;  // lines

// In history the time stands out, and what happened has a line of its own.
std::vector<Line> summary_of_one(const Picture& picture, std::size_t width) {
    std::vector<Line> lines;
    auto text = summary_lines(picture.pair, totals_of(picture.pair));
    text.front() += strip_text(picture.cpu_strip);
    lines.reserve(text.size() + 1);
    for (const std::string& line : text) lines.push_back({clip(line, width)});
    if (!picture.is_history) return lines;
    lines.front() = history_line(picture, width);
    Line events = events_line(picture);
    events.text = clip(events.text, width);
    lines.push_back(std::move(events));
    return lines;
}

std::string question_text(const Session& session) {
    const std::string typed = printable(session.prompt->typed, 300);
    switch (session.prompt->question) {
        case Question::delay: return fmt::format("Change delay from {} to: {}_", delay_text(session.delay), typed);
        case Question::search: return fmt::format("Search: {}_", typed);
        case Question::filter: return fmt::format("Filter (text, /regex/, state:paused, !not): {}_", typed);
        case Question::moment: return fmt::format("Go to (10 min ago, 03:12, now): {}_", typed);
    }
    return {};
}

// Why the row of the guest under the bar has gaps, where its driver says so.
std::string note_of(const Scene& scene, const Session& session) {
    if (!session.subject) return {};
    const auto row = find_guest(scene, *session.subject);
    if (!row) return {};
    const RosterGuest& guest = scene.hosts[row->host].picture.frame().roster->guests[row->guest];
    return guest.note.empty() ? std::string() : fmt::format("{}: {}", printable(guest.name), guest.note);
}

std::string notice_of(const Scene& scene) {
    return scene.is_fleet() ? std::string() : scene.hosts.front().picture.notice;
}

}  // namespace

std::vector<Line> summary_of(const Scene& scene, std::size_t width) {
    if (!scene.is_fleet()) return summary_of_one(scene.hosts.front().picture, width);
    std::vector<Line> lines = fleet_summary(scene, width);
    for (Line& line : trouble_lines(scene, most_in_trouble, width)) lines.push_back(std::move(line));
    return lines;
}

Line message_line(const Scene& scene, const Session& session, std::size_t rows) {
    if (session.prompt) return {question_text(session), Style::warning};
    if (!session.message.empty()) return {session.message, Style::warning};
    if (!session.status.empty()) return {session.status, Style::warning};
    if (session.paused) return {"paused: Z goes on", Style::warning};
    if (auto notice = notice_of(scene); !notice.empty()) return {std::move(notice), Style::warning};
    if (auto note = note_of(scene, session); !note.empty()) return {std::move(note)};
    if (session.filter.is_empty() || !is_list(session.view)) return {};
    return {fmt::format("Filter: {} ({} rows; Esc: all)", printable(session.filter.text()), rows)};
}

}  // namespace virtscope::top
