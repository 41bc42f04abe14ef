// ring_frames RING SINCE METRIC…: every frame after sequence SINCE as one line of JSON, for tests and benchmarks.
//
//     ring_frames /run/x/ring 0 guest.stale guest.cpu_time disk.read_ops agent.tick_lateness
//     {"sequence":1,"realtime":…,"monotonic":…,"lost":0,"events":["guest-started a"],
//      "host":{…},"agent":{"tick_lateness":12},"guests":{"a":{"stale":0,"cpu_time":5,"disks":{"vda":{"read_ops":1}}}}}
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "core/ring/reader.h"

namespace {

using namespace virtscope;
using Json = nlohmann::ordered_json;

struct Wanted {
    Scope scope;
    std::size_t column;
};

std::vector<Wanted> parse_metrics(int count, char** names) {
    std::vector<Wanted> out;
    for (int i = 0; i < count; ++i) {
        const std::string name = names[i];
        const std::size_t dot = name.find('.');
        const auto scope = scope_by_name(name.substr(0, dot));
        const auto column = scope && dot != std::string::npos ? column_by_name(*scope, name.substr(dot + 1)) : std::nullopt;
        if (!column) {
            std::fprintf(stderr, "ring_frames: unknown metric %s\n", name.c_str());
            std::exit(2);
        }
        out.push_back({*scope, *column});
    }
    return out;
}

void add_cells(Json& json, const Frame& frame, Scope scope, std::size_t row, const std::vector<Wanted>& wanted) {
    for (const Wanted& metric : wanted) {
        if (metric.scope != scope) continue;
        const auto value = frame.table(scope).get(row, metric.column);
        if (value) json[std::string(metrics(scope)[metric.column].name)] = *value;
    }
}

Json instances(const Frame& frame, Scope scope, std::uint32_t first, std::uint32_t count,
               const std::vector<Wanted>& wanted) {
    Json json = Json::object();
    for (std::uint32_t row = first; row < first + count; ++row) {
        Json one = Json::object();
        one["quality"] = quality_name(frame.table(scope).row(row).quality);
        add_cells(one, frame, scope, row, wanted);
        json[frame.roster->instances(scope)[row].name] = std::move(one);
    }
    return json;
}

Json to_json(const Frame& frame, std::uint64_t lost, const std::vector<Wanted>& wanted) {
    Json json{{"sequence", frame.sequence}, {"realtime", frame.realtime}, {"monotonic", frame.monotonic}, {"lost", lost}};
    Json events = Json::array();
    for (const Event& event : frame.events) events.push_back(std::string(event_name(event.kind)) + " " + event.name);
    json["events"] = std::move(events);
    json["host"] = Json::object();
    json["agent"] = Json::object();
    add_cells(json["host"], frame, Scope::Host, 0, wanted);
    add_cells(json["agent"], frame, Scope::Agent, 0, wanted);
    Json guests = Json::object();
    for (std::size_t row = 0; row < frame.roster->guests.size(); ++row) {
        const RosterGuest& guest = frame.roster->guests[row];
        Json one{{"id", guest.local_id}, {"quality", quality_name(frame.table(Scope::Guest).row(row).quality)}};
        add_cells(one, frame, Scope::Guest, row, wanted);
        for (const GuestList& list : guest_lists) {
            one[std::string(list.title)] = instances(frame, list.scope, guest.*list.first, guest.*list.count, wanted);
        }
        guests[guest.name] = std::move(one);
    }
    json["guests"] = std::move(guests);
    return json;
}

}  // namespace

int main(int argc, char** argv) {
    if (argc < 3) {
        std::fprintf(stderr, "usage: ring_frames RING SINCE METRIC...\n");
        return 2;
    }
    const std::vector<Wanted> wanted = parse_metrics(argc - 3, argv + 3);
    auto reader = RingReader::open(argv[1]);
    if (!reader) {
        std::fprintf(stderr, "ring_frames: %s\n", reader.error().message.c_str());
        return 3;
    }
    std::uint64_t since = std::strtoull(argv[2], nullptr, 10);
    for (;;) {
        const auto batch = reader->since(since, 64);
        if (!batch) {
            std::fprintf(stderr, "ring_frames: %s\n", batch.error().message.c_str());
            return 3;
        }
        if (batch->frames.empty()) return 0;
        std::uint64_t lost = batch->lost;
        for (const FramePtr& frame : batch->frames) {
            std::printf("%s\n", to_json(*frame, lost, wanted).dump(-1, ' ', false, Json::error_handler_t::replace).c_str());
            since = frame->sequence;
            lost = 0;
        }
    }
}
