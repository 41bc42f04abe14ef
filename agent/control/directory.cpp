#include "agent/control/directory.h"

#include <charconv>

#include "core/text.h"

namespace virtscope::control {
namespace {

using Rows = std::vector<std::size_t>;

template <class Wanted>
Rows rows_where(const Snapshot& known, Wanted wanted) {
    Rows rows;
    if (!known.roster) return rows;
    for (std::size_t row = 0; row < known.roster->guests.size(); ++row) {
        if (wanted(known.roster->guests[row])) rows.push_back(row);
    }
    return rows;
}

// The first kind of name that fits anything decides; a UUID before all, so that a guest *named* as another's UUID does
// not take that one's orders.
Rows rows_named(const Snapshot& known, std::string_view name) {
    if (const auto uuid = Uuid::parse(name)) {
        Rows rows = rows_where(known, [&](const RosterGuest& guest) { return guest.uuid == *uuid; });
        if (!rows.empty()) return rows;
    }
    Rows rows = rows_where(known, [&](const RosterGuest& guest) { return guest.name == name; });
    if (!rows.empty()) return rows;
    std::int64_t id = 0;
    const auto parsed = std::from_chars(name.data(), name.data() + name.size(), id);
    if (parsed.ec != std::errc{} || parsed.ptr != name.data() + name.size()) return rows;
    // A guest that is off has no id; 0 is only Domain-0's.
    return rows_where(known, [&](const RosterGuest& guest) {
        return guest.local_id == id && guest.generation != 0;
    });
}

Found found_at(const Snapshot& known, std::size_t row) {
    const RosterGuest& guest = known.roster->guests[row];
    const GuestState state = row < known.states.size() ? known.states[row] : GuestState::unknown;
    Found found{{guest.uuid, guest.name, guest.local_id, guest.generation, state}, guest.driver, nullptr};
    const std::size_t hand = row < known.hand_of.size() ? known.hand_of[row] : known.hands.size();
    if (hand < known.hands.size()) {
        found.driver = known.hands[hand].driver;
        found.lifecycle = known.hands[hand].lifecycle;
    }
    return found;
}

NotFound ambiguous(const Snapshot& known, const Rows& rows, std::string_view name) {
    constexpr std::size_t most = 8;
    std::string list;
    for (std::size_t i = 0; i < rows.size() && i < most; ++i) {
        const RosterGuest& guest = known.roster->guests[rows[i]];
        list += fmt::format("{}{} ({} {})", list.empty() ? "" : ", ", guest.uuid.text(), guest.driver, guest.local_id);
    }
    if (rows.size() > most) list += ", …";
    return {Outcome::ambiguous, fmt::format("{}: {} guests have that name: {}; say which by UUID", printable(name),
                                            rows.size(), list)};
}

}  // namespace

void Directory::replace(Snapshot snapshot) {
    auto fresh = std::make_shared<const Snapshot>(std::move(snapshot));
    const std::scoped_lock lock(mutex_);
    snapshot_.swap(fresh);
}

std::shared_ptr<const Snapshot> Directory::current() const {
    const std::scoped_lock lock(mutex_);
    return snapshot_;
}

std::expected<Found, NotFound> Directory::find(std::string_view name) const {
    const auto known = current();
    const Rows rows = rows_named(*known, name);
    if (rows.size() == 1) return found_at(*known, rows.front());
    if (rows.size() > 1) return std::unexpected(ambiguous(*known, rows, name));
    return std::unexpected(NotFound{
        Outcome::not_found, fmt::format("{}: no such guest; `virtscope list --all` shows them", printable(name))});
}

std::expected<Found, NotFound> Directory::taker(Verb verb, std::string_view driver) const {
    const auto known = current();
    for (const Hand& hand : known->hands) {
        if (!hand.lifecycle || !hand.lifecycle->can(verb)) continue;
        if (driver.empty() || hand.driver == driver) return Found{{}, hand.driver, hand.lifecycle};
    }
    return std::unexpected(NotFound{
        Outcome::unsupported,
        driver.empty() ? fmt::format("{}: no hypervisor watched here can do it; see `virtscope doctor`", verb_name(verb))
                       : fmt::format("{}: no driver '{}' watched here can do it", verb_name(verb), printable(driver))});
}

}  // namespace virtscope::control
