// virtscope ring info FILE: what a ring file holds.
#include "agent/ctl/commands.h"
#include "agent/ctl/output.h"
#include "core/ring/reader.h"
#include "core/text.h"

namespace virtscope {
namespace {

Json info_json(const RingInfo& info) {
    return {{"version", info.version},   {"capacity", info.capacity},    {"bytes", info.bytes},
            {"frames", info.frames},     {"values", info.values},        {"damaged", info.damaged},
            {"from", iso_time(info.from)}, {"to", iso_time(info.to)},    {"host", info.host},
            {"boot_id", info.boot_id},   {"writer_pid", info.writer_pid}};
}

}  // namespace

int run_ring_info(const Request& request) {
    auto reader = RingReader::open(request.ring);
    if (!reader) return complain(reader.error(), exit_no_ring);
    const auto info = reader->info();
    if (!info) return complain(info.error(), exit_no_ring);
    if (request.format == Format::json) {
        print_json(info_json(*info));
        return exit_done;
    }
    print_table({{"version", std::to_string(info->version)},
                 {"capacity", human_bytes(info->capacity)},
                 {"bytes", human_bytes(info->bytes)},
                 {"frames", std::to_string(info->frames)},
                 {"values", std::to_string(info->values)},
                 {"damaged", std::to_string(info->damaged)},
                 {"from", iso_time(info->from)},
                 {"to", iso_time(info->to)},
                 {"host", info->host},
                 {"boot_id", info->boot_id},
                 {"writer_pid", std::to_string(info->writer_pid)}});
    return exit_done;
}

}  // namespace virtscope
