// virtscope ring info FILE: what a ring file holds.
#include <cmath>

#include "agent/ctl/commands.h"
#include "agent/ctl/output.h"
#include "core/ring/reader.h"
#include "core/text.h"

namespace virtscope {
namespace {

// What a stored value takes, all around it included; nothing where there is none.
std::optional<double> bytes_a_value(const RingInfo& info) {
    if (info.values == 0) return std::nullopt;
    return static_cast<double>(info.bytes) / static_cast<double>(info.values);
}

std::int64_t history(const RingInfo& info) { return info.frames == 0 ? 0 : info.to - info.from; }

Json info_json(const RingInfo& info) {
    const auto cost = bytes_a_value(info);
    const bool any = info.frames != 0;
    return {{"version", info.version},
            {"capacity", info.capacity},
            {"bytes", info.bytes},
            {"frames", info.frames},
            {"values", info.values},
            {"damaged", info.damaged},
            {"from", any ? Json(iso_time(info.from)) : Json(nullptr)},
            {"to", any ? Json(iso_time(info.to)) : Json(nullptr)},
            {"host", info.host},
            {"boot_id", info.boot_id},
            {"writer_pid", info.writer_pid},
            {"file_bytes", info.file_bytes},
            {"bytes_a_value", cost ? Json(std::round(*cost * 1000) / 1000) : Json(nullptr)},
            {"seconds", static_cast<double>(history(info)) / 1e9},
            {"recording", info.recording},
            {"writer_alive", info.writing.has_value()}};
}

std::string writer(const RingInfo& info) {
    if (info.writing) return fmt::format("process {}, writing", *info.writing);
    return fmt::format("process {}, {}", info.writer_pid, info.recording ? "finished" : "gone");
}

void print(const RingInfo& info) {
    const auto cost = bytes_a_value(info);
    const bool any = info.frames != 0;
    print_table({{"version", std::to_string(info.version)},
                 {"recording", info.recording ? "yes" : "no"},
                 {"file", human_bytes(info.file_bytes)},
                 {"capacity", human_bytes(info.capacity)},
                 {"bytes", human_bytes(info.bytes)},
                 {"frames", std::to_string(info.frames)},
                 {"values", std::to_string(info.values)},
                 {"bytes a value", cost ? fmt::format("{:.3f}", *cost) : "-"},
                 {"damaged", std::to_string(info.damaged)},
                 {"from", any ? iso_time(info.from) : "-"},
                 {"to", any ? iso_time(info.to) : "-"},
                 {"history", any ? human_duration(history(info)) : "-"},
                 {"host", info.host},
                 {"boot_id", info.boot_id},
                 {"writer", writer(info)}});
}

}  // namespace

int run_ring_info(const Request& request) {
    auto reader = RingReader::open(request.ring);
    if (!reader) return complain(reader.error(), exit_no_ring);
    const auto info = reader->info();
    if (!info) return complain(info.error(), exit_no_ring);
    if (request.format == Format::json) {
        print_json(info_json(*info));
    } else {
        print(*info);
    }
    return exit_done;
}

}  // namespace virtscope
