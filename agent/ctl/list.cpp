// virtscope list: every guest, a line each.
#include <cstdio>

#include "agent/ctl/commands.h"
#include "agent/ctl/newest.h"
#include "agent/ctl/output.h"
#include "core/freshness.h"
#include "core/text.h"

namespace virtscope {
namespace {

// Age of what is shown of a guest: the frame's, and on top of it that of the monitor's answers.
std::optional<std::int64_t> guest_age(const Frame& frame, std::size_t row, const Now& now) {
    const auto age = age_of(frame, now);
    if (!age) return std::nullopt;
    return age->count() + static_cast<std::int64_t>(frame.get(row, GuestMetric::monitor_age).value_or(0));
}

GuestState state_at(const Frame& frame, std::size_t row) {
    return state_of(frame.get(row, GuestMetric::state).value_or(0));
}

bool is_stale(const Frame& frame, std::size_t row) { return frame.get(row, GuestMetric::stale).value_or(0) != 0; }

// % of one CPU.
std::optional<double> cpu_percent(const FramePair& pair, std::size_t row) {
    const auto rate = pair.rate(row, GuestMetric::cpu_time);
    if (!rate) return std::nullopt;
    return *rate / 1e7;
}

// Those online, which may be fewer than have rows.
std::uint64_t vcpus_of(const Frame& frame, std::size_t row) {
    return frame.get(row, GuestMetric::vcpus).value_or(frame.roster->guests[row].vcpus);
}

Json guest_json(const FramePair& pair, std::size_t row, const Now& now) {
    const Frame& frame = *pair.now();
    const RosterGuest& guest = frame.roster->guests[row];
    Json json{{"name", guest.name},
              {"uuid", guest.uuid.text()},
              {"driver", guest.driver},
              {"id", guest.local_id},
              {"state", state_name(state_at(frame, row))},
              {"stale", is_stale(frame, row)}};
    if (const auto age = guest_age(frame, row, now)) json["age_ms"] = *age / 1'000'000;
    if (const auto percent = cpu_percent(pair, row)) json["cpu_percent"] = *percent;
    json["vcpus"] = vcpus_of(frame, row);
    if (const auto bytes = frame.get(row, GuestMetric::memory_max)) json["memory_max"] = *bytes;
    if (const auto bytes = frame.get(row, GuestMetric::memory_resident)) json["memory_resident"] = *bytes;
    json["disks"] = guest.disks;
    json["nics"] = guest.nics;
    if (!guest.note.empty()) json["note"] = guest.note;
    return json;
}

std::string or_dash(const std::optional<std::uint64_t>& bytes) { return bytes ? human_bytes(*bytes) : "-"; }

std::vector<std::string> guest_line(const FramePair& pair, std::size_t row, const Now& now) {
    const Frame& frame = *pair.now();
    const RosterGuest& guest = frame.roster->guests[row];
    const auto percent = cpu_percent(pair, row);
    const auto age = guest_age(frame, row, now);
    std::string state(state_name(state_at(frame, row)));
    if (is_stale(frame, row)) state += " (stale)";
    return {guest.generation != 0 ? std::to_string(guest.local_id) : "-",
            guest.name,
            state,
            std::to_string(vcpus_of(frame, row)),
            percent ? fmt::format("{:.1f}", *percent) : "-",
            or_dash(frame.get(row, GuestMetric::memory_max)),
            or_dash(frame.get(row, GuestMetric::memory_resident)),
            age ? human_duration(*age) : "-",
            guest.driver,
            guest.note};
}

bool is_paused(GuestState state) { return state == GuestState::paused || state == GuestState::paused_io; }

bool shown(const Frame& frame, std::size_t row, const Request& request) {
    const Listing& listing = request.listing;
    const GuestState state = state_at(frame, row);
    if (listing.running || listing.paused || listing.shut_off) {
        return (listing.running && is_running(state)) ||
               (listing.paused && is_paused(state)) || (listing.shut_off && state == GuestState::shut_off);
    }
    return listing.inactive ? !is_active(state) : listing.all || is_active(state);
}

// A name that would not be one line is shown, as everywhere, with '?'.
void print_guests_lines(const Frame& frame, const Request& request) {
    for (std::size_t row = 0; row < frame.roster->guests.size(); ++row) {
        const RosterGuest& guest = frame.roster->guests[row];
        if (!shown(frame, row, request)) continue;
        const std::string line = request.listing.names ? printable(guest.name, 4096) : guest.uuid.text();
        std::printf("%s\n", line.c_str());
    }
}

void print_guests_json(const FramePair& pair, const Request& request, const Now& now) {
    const Frame& frame = *pair.now();
    Json guests = Json::array();
    for (std::size_t row = 0; row < frame.roster->guests.size(); ++row) {
        if (shown(frame, row, request)) guests.push_back(guest_json(pair, row, now));
    }
    print_json({{"host", frame.roster->host.name},
                {"time", iso_time(frame.realtime)},
                {"live", is_live(frame, now)},
                {"guests", std::move(guests)}});
}

void print_guests_table(const FramePair& pair, const Request& request, const Now& now) {
    const Frame& frame = *pair.now();
    std::vector<std::vector<std::string>> rows{
        {"ID", "NAME", "STATE", "VCPUS", "%CPU", "MEMORY", "RESIDENT", "AGE", "DRIVER", "NOTE"}};
    for (std::size_t row = 0; row < frame.roster->guests.size(); ++row) {
        if (shown(frame, row, request)) rows.push_back(guest_line(pair, row, now));
    }
    print_table(rows);
}

}  // namespace

int run_list(const Request& request) {
    const auto pair = newest_pair(request.ring);
    if (!pair) return complain(pair.error(), exit_no_ring);
    const Now now = read_now();
    if (request.format == Format::json) {
        print_guests_json(*pair, request, now);
    } else if (request.listing.names || request.listing.uuids) {
        print_guests_lines(*pair->now(), request);
    } else {
        print_guests_table(*pair, request, now);
    }
    if (is_live(*pair->now(), now)) return exit_done;
    return complain({ErrorKind::timeout, fmt::format("{}: last written {}; is virtscoped running?", request.ring,
                                                     iso_time(pair->now()->realtime))},
                    exit_not_well);
}

}  // namespace virtscope
