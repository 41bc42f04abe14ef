#include "agent/ctl/guest_lookup.h"

#include <string>
#include <vector>

#include "core/text.h"

namespace virtscope {

Result<std::size_t> find_guest(const Roster& roster, std::string_view name_or_uuid) {
    const auto uuid = Uuid::parse(name_or_uuid);
    std::vector<std::size_t> found;
    for (std::size_t i = 0; i < roster.guests.size(); ++i) {
        const RosterGuest& guest = roster.guests[i];
        if (uuid ? guest.uuid == *uuid : guest.name == name_or_uuid) found.push_back(i);
    }
    if (found.size() == 1) return found.front();
    const std::string shown = printable(name_or_uuid, 80);
    if (found.empty()) return fail(ErrorKind::absent, "no guest '{}'; see virtscope list", shown);
    std::string uuids;
    for (const std::size_t i : found) uuids += (uuids.empty() ? "" : ", ") + roster.guests[i].uuid.text();
    return fail(ErrorKind::busy, "{} guests are named '{}': say which by UUID ({})", found.size(), shown, uuids);
}

}  // namespace virtscope
