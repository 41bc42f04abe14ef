#include "top/view/history_lines.h"

#include <ranges>

#include <fmt/format.h>

#include "core/text.h"
#include "core/time_text.h"
#include "top/view/summary.h"

namespace virtscope::top {
namespace {

constexpr std::size_t most_events = 20;  // no line has room for more
constexpr std::string_view program = "virt-top ";

// Frames of one second are told apart by their milliseconds.
bool has_short_ticks(const Frame& frame) {
    return frame.get(0, AgentMetric::tick_interval).value_or(1'000'000'000) < 1'000'000'000;
}

std::string event_text(const EventAt& happened) {
    const Event& event = happened.event;
    std::string text = fmt::format("{} {}", local_time(happened.realtime).substr(11), event_name(event.kind));
    if (!event.name.empty()) text += ' ' + printable(event.name);
    if (!event.text.empty()) text += ' ' + printable(event.text);
    return text;
}

}  // namespace

Line history_line(const Picture& picture, std::size_t width) {
    const Frame& frame = picture.frame();
    std::string text(program);
    text += local_time(frame.realtime, has_short_ticks(frame)) + " history";
    if (picture.age) text += fmt::format(", {} ago", human_duration(picture.age->count()));
    text += " - " + printable(machine_text(frame));
    if (display_width(text) > width) text.erase(0, program.size());
    return {clip(text, width), Style::heading};
}

Line events_line(const Picture& picture) {
    const std::size_t count = picture.events.size();
    if (count == 0) {
        const std::int64_t interval = picture.pair.interval();
        if (interval == 0) return {"no events"};
        return {fmt::format("no events in the {} before", human_duration(interval))};
    }
    std::string text = count == 1 ? "1 event" : fmt::format("{} events", count);
    std::string_view between = ": ";
    for (const EventAt& happened : picture.events | std::views::reverse | std::views::take(most_events)) {
        text += between;
        text += event_text(happened);
        between = "; ";
    }
    return {text, Style::warning};
}

}  // namespace virtscope::top
