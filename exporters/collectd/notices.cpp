#include "exporters/collectd/notices.h"

#include <algorithm>
#include <optional>

#include "core/text.h"
#include "exporters/collectd/identifier.h"
#include "exporters/collectd/state.h"

namespace virtscope::exporters::collectd {
namespace {

constexpr std::size_t longest_message = 255;  // bytes, collectd's NOTIF_MAX_MSG_LEN without the NUL

bool is_about_state(EventKind kind) {
    return kind == EventKind::guest_started || kind == EventKind::guest_stopped || kind == EventKind::guest_state;
}

Severity severity_of(EventKind kind) {
    switch (kind) {
        case EventKind::monitor_lost:
        case EventKind::ticks_skipped:
        case EventKind::clock_stepped:
        case EventKind::ring_in_memory:
        case EventKind::ring_notice: return Severity::warning;
        default: return Severity::okay;
    }
}

std::optional<std::uint32_t> row_of(const Roster& roster, const Uuid& guest) {
    const auto found = std::ranges::find(roster.guests, guest, &RosterGuest::uuid);
    if (found == roster.guests.end()) return std::nullopt;
    return static_cast<std::uint32_t>(found - roster.guests.begin());
}

GuestState state_after(const Frame& frame, const Event& event) {
    const auto row = row_of(*frame.roster, event.guest);
    const auto cell = row ? frame.get(*row, GuestMetric::state) : std::nullopt;
    const GuestState state = cell ? state_of(*cell) : GuestState::unknown;
    // Who was started again within a tick has stopped all the same.
    if (event.kind == EventKind::guest_stopped && (state == GuestState::unknown || is_active(state)))
        return GuestState::shut_off;
    return state;
}

// How the guest is called, nothing if it is not one that is sent. It may be gone from the roster.
std::optional<GuestFields> fields_of(const Event& event, const Audience& audience) {
    const auto row = row_of(*audience.plan.roster(), event.guest);
    if (row && !audience.plan.fields(*row).host.empty()) return audience.plan.fields(*row);
    const Options& options = audience.options;
    if (row || !options.guests.keeps(event.name, event.guest, options.ignore_selected) ||
        !audience.filter.allows_guest(exported_text(event.name), event.guest))
        return std::nullopt;
    return guest_fields(options, event.name, event.guest, audience.hostname);
}

void send(const Frame& frame, const Audience& audience, const GuestFields& fields, Severity severity,
          std::string_view type, const std::string& message, Sink& sink) {
    const std::string shown = printable(message, longest_message);
    sink.send(Notification{.severity = severity,
                           .time = frame.realtime,
                           .host = fields.host,
                           .plugin = audience.options.plugin,
                           .plugin_instance = fields.plugin_instance,
                           .type = type,
                           .message = shown});
}

void send_state(const Frame& frame, const Audience& audience, const GuestFields& fields, GuestState state, Sink& sink) {
    send(frame, audience, fields, domain_state(state).severity, "domain_state", state_message(state), sink);
}

std::string message_of(const Event& event) {
    std::string message(event_name(event.kind));
    if (!event.name.empty()) message = fmt::format("{}: {}", event.name, message);
    return event.text.empty() ? message : fmt::format("{}: {}", message, event.text);
}

void send_event(const Frame& frame, const Audience& audience, const Event& event, Sink& sink) {
    const bool of_guest = event.guest != Uuid{};
    const auto fields = of_guest ? fields_of(event, audience)
                                 : GuestFields{.host = field(audience.hostname), .plugin_instance = {}};
    if (!fields) return;
    if (of_guest && is_about_state(event.kind)) {
        send_state(frame, audience, *fields, state_after(frame, event), sink);
    } else if (!audience.options.as_virt()) {
        send(frame, audience, *fields, severity_of(event.kind), event_name(event.kind), message_of(event), sink);
    }
}

}  // namespace

void send_events(const Frame& frame, const Audience& audience, Sink& sink) {
    for (const Event& event : frame.events) {
        // That the agent is there again is told by whoever missed it.
        if (event.kind == EventKind::agent_started) continue;
        if (audience.options.persistent_notification && is_about_state(event.kind)) continue;
        send_event(frame, audience, event, sink);
    }
}

void send_states(const Frame& frame, const Audience& audience, Sink& sink) {
    for (const std::uint32_t row : audience.plan.guests()) {
        const auto cell = frame.get(row, GuestMetric::state);
        if (cell) send_state(frame, audience, audience.plan.fields(row), state_of(*cell), sink);
    }
}

}  // namespace virtscope::exporters::collectd
