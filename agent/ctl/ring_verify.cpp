// virtscope ring verify FILE: whether all of a ring file can be read, and if not, how much.
#include "agent/ctl/commands.h"
#include "agent/ctl/output.h"
#include "core/ring/verify.h"

namespace virtscope {
namespace {

int exit_code_of(Condition condition) {
    switch (condition) {
        case Condition::whole: return exit_done;
        case Condition::damaged: return exit_not_well;
        case Condition::unreadable: return exit_no_ring;
        case Condition::no_ring: return exit_not_a_ring;
        case Condition::cut_short: return exit_cut_short;
        case Condition::other_version: return exit_other_version;
        case Condition::other_byte_order: return exit_other_byte_order;
        case Condition::other_catalogue: return exit_other_catalogue;
        case Condition::contradictory: return exit_contradictory;
        case Condition::unfinished: break;
    }
    return exit_unfinished;
}

Json verdict_json(const Verdict& verdict) {
    const bool any = verdict.frames != 0;
    return {{"verdict", condition_name(verdict.condition)},
            {"whole", verdict.condition == Condition::whole},
            {"recording", verdict.recording},
            {"bytes", verdict.bytes},
            {"frames", verdict.frames},
            {"frames_in_all", verdict.frames_told},
            {"values", verdict.values},
            {"damaged", verdict.damaged},
            {"from", any ? Json(iso_time(verdict.from)) : Json(nullptr)},
            {"to", any ? Json(iso_time(verdict.to)) : Json(nullptr)},
            {"written_by", verdict.writer ? Json(*verdict.writer) : Json(nullptr)},
            {"problem", verdict.problem}};
}

// Of a file that is no ring there is nothing more to tell than the line on standard error.
bool has_content(Condition condition) {
    return condition == Condition::whole || condition == Condition::damaged || condition == Condition::cut_short;
}

void print_verdict(const Verdict& verdict) {
    const bool any = verdict.frames != 0;
    print_table({{"verdict", std::string(condition_name(verdict.condition))},
                 {"recording", verdict.recording ? "yes" : "no"},
                 {"written", verdict.writer ? fmt::format("now, by process {}", *verdict.writer) : "by nobody now"},
                 {"frames", fmt::format("{} of {}", verdict.frames, verdict.frames_told)},
                 {"values", std::to_string(verdict.values)},
                 {"damaged", std::to_string(verdict.damaged)},
                 {"from", any ? iso_time(verdict.from) : "-"},
                 {"to", any ? iso_time(verdict.to) : "-"}});
}

}  // namespace

int run_ring_verify(const Request& request) {
    const Verdict verdict = examine_ring(request.ring);
    if (request.format == Format::json) {
        print_json(verdict_json(verdict));
    } else if (has_content(verdict.condition)) {
        print_verdict(verdict);
    }
    const int code = exit_code_of(verdict.condition);
    return verdict.problem.empty() ? code : complain({ErrorKind::malformed, verdict.problem}, code);
}

}  // namespace virtscope
