#include "agent/ctl/order_watch.h"

#include <algorithm>
#include <charconv>
#include <optional>

#include "agent/ctl/guest_lookup.h"

namespace virtscope {
namespace {

// As the agent does: an id is what neither name nor UUID is; a guest that is off has none.
std::optional<std::size_t> row_with_id(const Roster& roster, const std::string& text) {
    std::int64_t id = 0;
    const char* const end = text.data() + text.size();
    const auto [at, error] = std::from_chars(text.data(), end, id);
    if (error != std::errc() || at != end) return std::nullopt;
    const auto found = std::ranges::find_if(
        roster.guests, [id](const RosterGuest& guest) { return guest.local_id == id && guest.generation != 0; });
    if (found == roster.guests.end()) return std::nullopt;
    return static_cast<std::size_t>(found - roster.guests.begin());
}

}  // namespace

Result<GuestSeen> look_up(RingReader& reader, const std::string& guest) {
    const auto frame = reader.newest();
    if (!frame) return std::unexpected(frame.error());
    const Roster& roster = *(*frame)->roster;
    const auto row = find_guest(roster, guest);
    if (!row && row.error().kind != ErrorKind::absent) return std::unexpected(row.error());
    const auto index = row ? std::optional(*row) : row_with_id(roster, guest);
    if (!index) return std::unexpected(row.error());
    const RosterGuest& found = roster.guests[*index];
    return GuestSeen{found.uuid, found.name, found.generation};
}

}  // namespace virtscope
