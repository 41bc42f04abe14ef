#include "plugins/rows.h"

namespace virtscope::checks {

Rows rows_of(const Roster& roster, Scope scope, std::size_t guest) {
    if (!is_of_guests(scope)) return {0, roster.rows(scope)};
    const RosterGuest& who = roster.guests[guest];
    switch (scope) {
        case Scope::Vcpu: return {who.first_vcpu, who.vcpus};
        case Scope::Disk: return {who.first_disk, who.disks};
        case Scope::Nic: return {who.first_nic, who.nics};
        default: return {guest, 1};
    }
}

bool is_of_guests(Scope scope) {
    return scope == Scope::Guest || scope == Scope::Vcpu || scope == Scope::Disk || scope == Scope::Nic;
}

}  // namespace virtscope::checks
