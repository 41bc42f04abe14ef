#include "plugins/look/rows.h"

namespace virtscope::checks {

Rows rows_of(const Roster& roster, Scope scope, std::size_t guest) {
    if (scope == Scope::Guest) return {guest, 1};
    const GuestList* list = guest_list(scope);
    if (list == nullptr) return {0, roster.rows(scope)};
    const RosterGuest& who = roster.guests[guest];
    return {who.*list->first, who.*list->count};
}

bool is_of_guests(Scope scope) { return scope == Scope::Guest || guest_list(scope) != nullptr; }

}  // namespace virtscope::checks
