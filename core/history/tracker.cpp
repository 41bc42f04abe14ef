#include "core/history/tracker.h"

#include <algorithm>
#include <map>
#include <tuple>
#include <utility>

namespace virtscope {
namespace {

// Who a row is, over changes of the roster. The host and the agent are nobody.
using Identity = std::tuple<Uuid, std::uint64_t, std::string>;

Identity identity(const Roster& roster, Scope scope, std::size_t row) {
    if (scope == Scope::Host || scope == Scope::Agent) return {};
    if (const HostList* const list = host_list(scope)) return {{}, 0, (roster.*list->all)[row].name};
    const GuestList* const list = guest_list(scope);
    const RosterInstance* const device = list != nullptr ? &(roster.*list->all)[row] : nullptr;
    const RosterGuest& who = roster.guests[device != nullptr ? device->guest : row];
    return {who.uuid, who.generation, device != nullptr ? device->name : std::string()};
}

}  // namespace

Tracker::Tracker(Column column, std::optional<Uuid> guest) : column_(std::move(column)), guest_(guest) {}

void Tracker::find_rows(const Roster& roster) {
    for (std::size_t row = 0; row < roster.rows(column_.scope); ++row) {
        const auto [uuid, generation, name] = identity(roster, column_.scope, row);
        if (guest_ && uuid != *guest_) continue;
        if (column_.instance.empty() || column_.instance == name)
            followed_.push_back({.row = row, .last = std::nullopt});
    }
}

void Tracker::change_roster(const Frame& frame) {
    const RosterPtr before = std::exchange(roster_, frame.roster);
    std::vector<Followed> old = std::exchange(followed_, {});
    find_rows(*roster_);
    met_ = met_ || !followed_.empty();
    if (!before || before->host.boot_id != roster_->host.boot_id) return;
    std::map<Identity, std::optional<Reading>> known;
    for (const Followed& each : old) {
        const auto [at, fresh] = known.emplace(identity(*before, column_.scope, each.row), each.last);
        if (!fresh) at->second.reset();  // two of one name: which is which now is anybody's guess
    }
    for (Followed& each : followed_) {
        const auto found = known.find(identity(*roster_, column_.scope, each.row));
        if (found != known.end()) each.last = found->second;
    }
}

// A new process counts from zero, and may have come further than the old one.
void Tracker::restart_with_the_agent(const Frame& frame) {
    const auto start = frame.get(0, AgentMetric::start_time);
    if (!start || *start == agent_start_) return;
    agent_start_ = *start;
    for (Followed& each : followed_) each.last.reset();
}

std::optional<Sample> Tracker::gauge(const Frame& frame) const {
    std::optional<Sample> sum;
    for (const Followed& each : followed_) {
        const auto value = frame.table(column_.scope).get(each.row, column_.metric);
        if (!value) continue;
        if (!sum) sum.emplace();
        sum->value += static_cast<double>(*value);
    }
    return sum;
}

std::optional<Sample> Tracker::rate(const Frame& frame) {
    const Table& table = frame.table(column_.scope);
    std::optional<Sample> sum;
    bool whole = true;
    for (Followed& each : followed_) {
        const auto value = table.get(each.row, column_.metric);
        if (!value) continue;
        const Reading now{.value = *value, .time = table.row(each.row).time};
        const auto before = std::exchange(each.last, now);
        if (!before) continue;
        const auto rate = virtscope::rate(*before, now);
        whole = whole && rate;
        if (!rate) continue;
        if (!sum) sum.emplace();
        sum->value += *rate;
        sum->lasted = std::max(sum->lasted, static_cast<double>(now.time) - static_cast<double>(before->time));
    }
    return whole ? sum : std::nullopt;
}

std::optional<Sample> Tracker::step(const Frame& frame) {
    if (frame.roster != roster_) change_roster(frame);
    if (column_.scope == Scope::Agent) restart_with_the_agent(frame);
    return column_.about().kind == Kind::counter ? rate(frame) : gauge(frame);
}

}  // namespace virtscope
