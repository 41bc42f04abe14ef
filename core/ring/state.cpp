#include "core/ring/state.h"

#include <utility>

#include "core/ring/codec.h"

namespace virtscope::ring {

void State::reset(RosterPtr who) {
    frame.reset(std::move(who));
    for (std::size_t s = 0; s < scope_count; ++s) {
        Table& table = frame.tables[s];
        sticky[s].assign(table.rows(), 0);
        closing[s].assign(table.rows(), 0);
        if (table.rows() > 0) std::fill_n(table.cells(0), table.rows() * table.columns(), 0);
    }
}

std::array<Block, unit_blocks> blocks_of(const Roster& roster, std::size_t unit) {
    if (unit == 0) {
        return {{{Scope::Host, 0, 1},
                 {Scope::Agent, 0, 1},
                 {Scope::Cpu, 0, static_cast<std::uint32_t>(roster.cpus.size())},
                 {Scope::Node, 0, static_cast<std::uint32_t>(roster.nodes.size())},
                 {Scope::Host, 0, 0},
                 {Scope::Host, 0, 0}}};
    }
    const RosterGuest& guest = roster.guests[unit - 1];
    // The vCPUs before their guest: its times are predicted from theirs. Last what mostly rests, which costs nothing there.
    return {{{Scope::Vcpu, guest.first_vcpu, guest.vcpus},
             {Scope::Guest, static_cast<std::uint32_t>(unit - 1), 1},
             {Scope::Disk, guest.first_disk, guest.disks},
             {Scope::Nic, guest.first_nic, guest.nics},
             {Scope::Filesystem, guest.first_filesystem, guest.filesystems},
             {Scope::Display, guest.first_display, guest.displays}}};
}

std::array<std::uint32_t, scope_count> shelf_start(const Roster& roster, std::size_t unit) {
    std::array<std::uint32_t, scope_count> start{};
    if (unit == 0) return start;
    const std::size_t first = (unit - 1) / shelf_guests * shelf_guests;
    const RosterGuest& guest = roster.guests[first];
    start[static_cast<std::size_t>(Scope::Guest)] = static_cast<std::uint32_t>(first);
    for (const GuestList& list : guest_lists) start[static_cast<std::size_t>(list.scope)] = guest.*list.first;
    return start;
}

}  // namespace virtscope::ring
