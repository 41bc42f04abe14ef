#include "plugins/judge/judge.h"

#include <algorithm>
#include <numeric>

#include "core/text.h"
#include "plugins/judge/figures.h"
#include "plugins/judge/verdict.h"
#include "plugins/look/observe.h"
#include "plugins/look/past.h"
#include "plugins/look/selection.h"

namespace virtscope::checks {
namespace {

constexpr std::size_t most_dated = 3;  // as many as the first line names

using Part = std::span<const Observation>;

// Observations are in the order of guests.
Part part_of(const std::vector<Observation>& all, std::size_t guest, std::size_t& next) {
    const std::size_t first = next;
    while (next < all.size() && all[next].guest == guest) ++next;
    return {all.data() + first, next - first};
}

class Judging {
public:
    Judging(const Request& request, Snapshot& snapshot, const Voice& voice)
        : request_(request), snapshot_(snapshot), voice_(voice) {}

    Result<Report> run() {
        const Frame& frame = *snapshot_.frame;
        Chosen chosen = choose_guests(*frame.roster, request_);
        add_missing(chosen, Status::unknown, "is not on this host", report_);
        leave_out_those_off(chosen);
        auto observed = observe(snapshot_, request_, request_.mode->measures, chosen.guests, !chosen.one_by_name);
        if (!observed) return std::unexpected(observed.error());
        observed_ = std::move(*observed);
        std::size_t next = 0;
        add_missing_devices();
        for (const std::size_t guest : chosen.guests) judge(guest, part_of(observed_.all, guest, next));
        finish(chosen);
        return std::move(report_);
    }

private:
    // A guest that is off has no figures. Whoever names one wants to hear that.
    void leave_out_those_off(Chosen& chosen) {
        const auto off = [this](std::size_t guest) { return state_in(*snapshot_.frame, guest) == GuestState::shut_off; };
        for (const std::size_t guest : chosen.guests) {
            if (!off(guest)) continue;
            ++off_;
            const RosterGuest& who = snapshot_.frame->roster->guests[guest];
            const auto named = [&](const GuestPattern& pattern) { return pattern.exact() && pattern.means(who); };
            if (!chosen.one_by_name && !std::ranges::any_of(request_.guests, named)) continue;
            report_.findings.push_back({.status = Status::unknown, .name = name_of(who), .text = "is off", .detail = {}});
        }
        std::erase_if(chosen.guests, off);
        if (chosen.guests.empty() && report_.findings.empty()) {
            report_.findings.push_back(
                {.status = Status::unknown, .name = {}, .text = "no running guest to check", .detail = {}});
        }
    }

    // A device of several that were named must be some guest's. Where none has any of them each guest says so itself, and a
    // passive result is about one guest, whose the others need not be.
    void add_missing_devices() {
        if (request_.only || observed_.all.empty()) return;
        for (const std::string& name : request_.devices) {
            const auto is_it = [&](const Observation& each) { return device_of(*snapshot_.frame->roster, each) == name; };
            if (std::ranges::any_of(observed_.all, is_it)) continue;
            report_.findings.push_back({.status = Status::unknown, .name = {},
                                        .text = fmt::format("no guest that is checked has a device '{}'", printable(name, 40)),
                                        .detail = {}});
        }
    }

    void judge(std::size_t guest, Part part) {
        const Frame& frame = *snapshot_.frame;
        const RosterGuest& who = frame.roster->guests[guest];
        Finding finding{.status = Status::ok, .name = name_of(who), .text = {}, .guest = who.uuid, .detail = {}};
        if (request_.verbosity >= 3) finding.detail = who.uuid.text();
        const Observation* lead = leading(part, request_);
        const bool silent = !voice_.answers_stale && is_stale(frame, guest);
        if (lead == nullptr) {
            judge_nothing(guest, finding);
        } else {
            finding.status = status_of(*lead, request_);
            // Of a thousand guests that are well nobody reads a word: none is made.
            if (finding.status != Status::ok || silent || request_.shows_all()) finding.text = say(*lead);
            if (lead->value.unknown() && voice_.say == nullptr) {
                finding.text = fmt::format("{} is not known", lead->measure->noun);
                finding.reason = why_unknown(guest, *lead);
            }
            finding.weight = badness(*lead);
            if (request_.why) finding.why = why_of(part, request_, *frame.roster, observed_.basis);
        }
        if (silent) {
            finding.status = worse(finding.status, Status::unknown);
            finding.text += ", but does not answer";
        }
        judged_.push_back({.guest = guest, .part = part, .lead = lead});
        report_.findings.push_back(std::move(finding));
    }

    std::string say(const Observation& lead) const {
        if (voice_.say == nullptr) return text_of(lead, request_, *snapshot_.frame->roster);
        const FramePair alone(nullptr, snapshot_.frame);
        return voice_.say({alone, lead.guest, lead.row, request_, *snapshot_.frame}, lead.value);
    }

    void judge_nothing(std::size_t guest, Finding& finding) const {
        const RosterGuest& who = snapshot_.frame->roster->guests[guest];
        finding.text = voice_.nothing;
        if (!request_.devices.empty()) finding.text = "has no device of that name";
        const std::string why = voice_.why_unknown != nullptr ? voice_.why_unknown(*snapshot_.frame, guest) : who.note;
        if (!why.empty()) finding.text += " (" + why + ")";
        // What the guest has is known only if nothing kept us from looking.
        if (!why.empty() || !request_.devices.empty()) finding.status = Status::unknown;
    }

    std::string why_unknown(std::size_t guest, const Observation& lead) const {
        const Frame& frame = *snapshot_.frame;
        std::string why = lead.measure->momentary ? "" : too_young(snapshot_, guest);
        if (why.empty() && voice_.why_unknown != nullptr) why = voice_.why_unknown(frame, guest);
        if (why.empty()) why = frame.roster->guests[guest].note;
        return why;
    }

    // The first findings that are told get a date; looking for it reads the guest's past.
    void date() {
        std::size_t dated = 0;
        const std::size_t first = report_.findings.size() - judged_.size();
        std::vector<std::size_t> order(judged_.size());
        std::iota(order.begin(), order.end(), std::size_t{0});
        // Where only the heaviest are told, these.
        const auto heavier = [&](std::size_t a, std::size_t b) {
            const double one = report_.findings[first + a].weight, other = report_.findings[first + b].weight;
            return one != other ? one > other : a < b;
        };
        if (request_.worst || request_.top > 0) std::ranges::sort(order, heavier);
        for (const Status status : {Status::critical, Status::warning}) {
            for (const std::size_t i : order) {
                Finding& finding = report_.findings[first + i];
                if (dated == most_dated) break;
                if (finding.status != status || judged_[i].lead == nullptr) continue;
                const Range* range = request_.thresholds.of(judged_[i].lead->measure->label).crossed(status);
                if (range == nullptr) continue;
                ++dated;
                const auto since = alerting_since(snapshot_, request_, *judged_[i].lead, *range);
                if (since) finding.since = since_text(*since, snapshot_.frame->realtime);
            }
        }
    }

    void finish(const Chosen& chosen) {
        date();
        report_.headline = headline(chosen, judged_, request_, *snapshot_.frame->roster);
        const bool well = !voice_.all_well.empty() && report_.status() == Status::ok;
        // A figure that has words of its own tells nothing as a number.
        if (!chosen.one_by_name && (well || voice_.say != nullptr))
            report_.headline = fmt::format("{} guests{}{}", judged_.size(), well ? ", " : "", well ? voice_.all_well : "");
        if (off_ > 0 && !chosen.one_by_name) report_.headline += fmt::format(", {} off", off_);
        add_perfdata(chosen, judged_, request_, *snapshot_.frame->roster, report_);
        for (std::string& note : observed_.notes) report_.notes.push_back(std::move(note));
        if (!observed_.basis.empty()) report_.details.push_back(observed_.basis);
    }

    const Request& request_;
    Snapshot& snapshot_;
    const Voice& voice_;
    Observed observed_;
    std::vector<Judged> judged_;
    std::size_t off_ = 0;
    Report report_;
};

}  // namespace

Result<Report> judge_measures(const Request& request, Snapshot& snapshot, const Voice& voice) {
    return Judging(request, snapshot, voice).run();
}

Result<Report> judge_measures(const Request& request, Snapshot& snapshot) {
    return judge_measures(request, snapshot, Voice{});
}

bool is_told_by_xen(const Frame& frame, std::size_t guest) { return frame.roster->guests[guest].driver == "xen"; }

}  // namespace virtscope::checks
