#include "plugins/look/slim.h"

#include <algorithm>
#include <numeric>

#include "plugins/look/rows.h"

namespace virtscope::checks {
namespace {

void take(const std::vector<RosterInstance>& from, Rows rows, std::uint32_t guest, std::vector<RosterInstance>& to) {
    for (std::size_t row = rows.first; row < rows.first + rows.count; ++row) {
        to.push_back(from[row]);
        to.back().guest = guest;
    }
}

void append(std::vector<std::uint32_t>& to, Rows rows) {
    const std::size_t old = to.size();
    to.resize(old + rows.count);
    std::iota(to.begin() + static_cast<std::ptrdiff_t>(old), to.end(), static_cast<std::uint32_t>(rows.first));
}

}  // namespace

void Slimmer::choose_rows(const Roster& roster) {
    auto slim = std::make_shared<Roster>();
    slim->host = roster.host;
    for (const HostList& list : host_lists) (*slim).*list.all = roster.*list.all;
    for (auto& rows : rows_) rows.clear();
    for (std::size_t guest = 0; guest < roster.guests.size(); ++guest) {
        if (std::ranges::find(wanted_, roster.guests[guest].uuid) == wanted_.end()) continue;
        const auto place = static_cast<std::uint32_t>(slim->guests.size());
        RosterGuest& who = slim->guests.emplace_back(roster.guests[guest]);
        for (const GuestList& list : guest_lists) {
            who.*list.first = static_cast<std::uint32_t>(((*slim).*list.all).size());
            take(roster.*list.all, rows_of(roster, list.scope, guest), place, (*slim).*list.all);
        }
        for (std::size_t s = 0; s < scope_count; ++s) {
            if (is_of_guests(static_cast<Scope>(s))) append(rows_[s], rows_of(roster, static_cast<Scope>(s), guest));
        }
    }
    for (std::size_t s = 0; s < scope_count; ++s) {
        if (!is_of_guests(static_cast<Scope>(s))) append(rows_[s], rows_of(roster, static_cast<Scope>(s), 0));
    }
    roster_ = std::move(slim);
}

FramePtr Slimmer::slim(const Frame& frame) {
    if (frame.roster != source_) {
        source_ = frame.roster;
        choose_rows(*source_);
    }
    auto slim = std::make_shared<Frame>();
    slim->sequence = frame.sequence;
    slim->realtime = frame.realtime;
    slim->monotonic = frame.monotonic;
    slim->boottime = frame.boottime;
    slim->reset(roster_);
    for (std::size_t s = 0; s < scope_count; ++s) {
        const Table& from = frame.tables[s];
        Table& to = slim->tables[s];
        for (std::size_t row = 0; row < rows_[s].size(); ++row) {
            to.row(row) = from.row(rows_[s][row]);
            std::copy_n(from.cells(rows_[s][row]), from.columns(), to.cells(row));
        }
    }
    return slim;
}

}  // namespace virtscope::checks
