#include "plugins/modes/state_verdict.h"

namespace virtscope::checks {
namespace {

StateVerdict judge_running(GuestState state) {
    switch (state) {
        case GuestState::running:
        case GuestState::blocked: return {Status::ok, "is running"};
        case GuestState::paused: return {Status::warning, "is paused by an administrator or a tool"};
        case GuestState::paused_io: return {Status::critical, "is paused by an I/O error"};
        case GuestState::suspended: return {Status::warning, "is suspended"};
        case GuestState::shutting_down: return {Status::warning, "is shutting down"};
        case GuestState::migrating: return {Status::warning, "is being migrated or restored"};
        case GuestState::shut_off: return {Status::critical, "is off"};
        case GuestState::crashed: return {Status::critical, "has crashed"};
        case GuestState::unknown: break;
    }
    return {Status::unknown, "is in no known state"};
}

}  // namespace

StateVerdict judge_state(GuestState state, Expectation expected) {
    if (state == GuestState::unknown) return {Status::unknown, "is in no known state"};
    const bool failed = state == GuestState::paused_io || state == GuestState::crashed;
    switch (expected) {
        case Expectation::running: return judge_running(state);
        case Expectation::off:
            return is_active(state) ? StateVerdict{Status::critical, "is not off"} : StateVerdict{Status::ok, "is off"};
        case Expectation::paused:
            if (state == GuestState::paused) return {Status::ok, "is paused"};
            return failed ? judge_running(state) : StateVerdict{Status::critical, "is not paused"};
        case Expectation::any: break;
    }
    return failed ? judge_running(state) : StateVerdict{Status::ok, "is there"};
}

void StateCounts::add(GuestState state) {
    switch (state) {
        case GuestState::running:
        case GuestState::blocked: ++running; return;
        case GuestState::paused:
        case GuestState::suspended:
        case GuestState::shutting_down:
        case GuestState::migrating: ++paused; return;
        case GuestState::shut_off: ++off; return;
        case GuestState::paused_io:
        case GuestState::crashed: ++failed; return;
        case GuestState::unknown: break;
    }
    ++unknown;
}

}  // namespace virtscope::checks
