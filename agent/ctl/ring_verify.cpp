// virtscope ring verify FILE: whether all of a ring file can be read, and if not, how much.
#include "agent/ctl/commands.h"
#include "agent/ctl/output.h"
#include "core/ring/reader.h"
#include "core/text.h"
#include "core/time_text.h"

namespace virtscope {
namespace {

int exit_code_of(const Error& error) {
    switch (error.kind) {
        case ErrorKind::malformed: return exit_malformed;
        case ErrorKind::unsupported: return exit_unsupported;
        default: return exit_no_ring;
    }
}

Json verdict_json(const RingInfo& info) {
    const bool any = info.frames != 0;
    return {{"whole", info.damaged == 0},
            {"frames", info.frames},
            {"values", info.values},
            {"damaged", info.damaged},
            {"from", any ? Json(iso_time(info.from)) : Json(nullptr)},
            {"to", any ? Json(iso_time(info.to)) : Json(nullptr)}};
}

void print_verdict(const RingInfo& info) {
    const bool any = info.frames != 0;
    print_table({{"frames", std::to_string(info.frames)},
                 {"values", std::to_string(info.values)},
                 {"damaged", std::to_string(info.damaged)},
                 {"from", any ? iso_time(info.from) : "-"},
                 {"to", any ? iso_time(info.to) : "-"}});
}

std::string damage(const std::string& path, const RingInfo& info) {
    const std::string rest = info.frames == 0 ? "no frame remains"
                                              : fmt::format("{} frames remain, {} to {}", info.frames,
                                                            local_time(info.from), local_time(info.to));
    return fmt::format("{}: damaged in {} place{}; {}", path, info.damaged, info.damaged == 1 ? "" : "s", rest);
}

}  // namespace

int run_ring_verify(const Request& request) {
    auto reader = RingReader::open(request.ring);
    if (!reader) return complain(reader.error(), exit_code_of(reader.error()));
    const auto info = reader->info();
    if (!info) return complain(info.error(), exit_code_of(info.error()));
    if (request.format == Format::json) {
        print_json(verdict_json(*info));
    } else {
        print_verdict(*info);
    }
    if (info->damaged == 0) return exit_done;
    return complain({ErrorKind::malformed, damage(request.ring, *info)}, exit_not_well);
}

}  // namespace virtscope
