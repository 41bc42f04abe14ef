#include "agent/ctl/event_output.h"

#include <cstdio>

#include "core/text.h"
#include "core/time_text.h"

namespace virtscope {
namespace {

// Fixed, for the next event may come in an hour.
void print_line(const std::string& time, std::string_view event, const std::string& guest, const std::string& text) {
    const std::string line =
        fmt::format("{}  {}  {}  {}", fit(time, 23), fit(event, 14), fit(guest, 20), printable(text));
    std::printf("%.*s\n", static_cast<int>(line.find_last_not_of(' ') + 1), line.c_str());
}

std::string uuid_text(const Event& event) { return event.guest.is_nil() ? "" : event.guest.text(); }

}  // namespace

void print_event_header(Format format) {
    if (format == Format::table) print_line("TIME", "EVENT", "GUEST", "WHAT");
    if (format == Format::csv) print_csv({"time", "event", "guest", "uuid", "text"});
}

void print_event(const EventAt& event, Format format) {
    const Event& what = event.event;
    const std::string name(event_name(what.kind));
    switch (format) {
        case Format::csv: return print_csv({iso_time(event.realtime), name, what.name, uuid_text(what), what.text});
        case Format::json:
            std::printf("%s\n", event_json(event).dump(-1, ' ', false, Json::error_handler_t::replace).c_str());
            return;
        case Format::table: break;
    }
    print_line(local_time(event.realtime, true), name, what.name, what.text);
}

Json event_json(const EventAt& event) {
    const Event& what = event.event;
    Json json{{"time", iso_time(event.realtime)},
              {"sequence", event.sequence},
              {"event", event_name(what.kind)},
              {"guest", what.guest.is_nil() ? Json(nullptr) : Json(what.name)},
              {"uuid", what.guest.is_nil() ? Json(nullptr) : Json(what.guest.text())},
              {"text", what.text}};
    return json;
}

}  // namespace virtscope
