#include "core/ring/verify_text.h"

#include <fmt/format.h>

#include "core/ring/format.h"
#include "core/time_text.h"

namespace virtscope {
namespace {

std::string_view plural(std::uint64_t count) { return count == 1 ? "" : "s"; }

std::string unfinished(const Verdict& verdict) {
    if (verdict.writer) return fmt::format("still being made by process {}: wait for it", *verdict.writer);
    if (verdict.bytes == 0) return "empty: nobody has written it yet";
    return "never finished: whoever made it was interrupted; make it again";
}

std::string other_version(const Verdict& verdict) {
    const bool newer = verdict.version > ring::format_version;
    return fmt::format("written in format {}, this program reads format {}: read it with {}", verdict.version,
                       ring::format_version, newer ? "a newer virtscope" : "the virtscope that wrote it");
}

std::string remains(const Verdict& verdict) {
    if (verdict.frames == 0)
        return fmt::format("none of at least {} frame{} remains", verdict.frames_told, plural(verdict.frames_told));
    // How many a cut took with it, nobody knows but a recording.
    const std::string_view least = verdict.condition == Condition::cut_short && !verdict.recording ? "at least " : "";
    return fmt::format("{} of {}{} frames remain, {} to {}{}", verdict.frames, least, verdict.frames_told,
                       local_time(verdict.from), local_time(verdict.to),
                       verdict.given_up ? "; the others ask for more work than a ring of this size can" : "");
}

std::string contradictory(const Verdict& verdict) {
    if (verdict.frames_told == 0) return "its header is damaged or contradicts itself: nothing in it can be trusted";
    return fmt::format(
        "the positions in its header contradict each other; {} frame{} behind them that no reader reaches{}",
        verdict.frames_told, plural(verdict.frames_told), verdict.recording ? "" : " until virtscoped repairs it");
}

std::string cut_short(const Verdict& verdict) {
    if (verdict.frames_told == 0) return fmt::format("cut short to {} bytes: nothing remains", verdict.bytes);
    return fmt::format("cut short to {} bytes; {}", verdict.bytes, remains(verdict));
}

}  // namespace

std::string explain(const Verdict& verdict) {
    switch (verdict.condition) {
        case Condition::whole:
        case Condition::unreadable: break;
        case Condition::damaged:
            return fmt::format("damaged in {} place{}; {}", verdict.damaged, plural(verdict.damaged), remains(verdict));
        case Condition::no_ring: return "not a virtscope ring (no magic)";
        case Condition::cut_short: return cut_short(verdict);
        case Condition::other_version: return other_version(verdict);
        case Condition::other_byte_order: return "written on a machine of the other byte order: read it there";
        case Condition::other_catalogue:
            return "written by a virtscope with another catalogue of metrics: read it with the one that wrote it";
        case Condition::contradictory: return contradictory(verdict);
        case Condition::unfinished: return unfinished(verdict);
    }
    return {};
}

}  // namespace virtscope
