#include "core/roster.h"

#include <array>

namespace virtscope {
namespace {

struct StateText {
    std::string_view name;
    char letter;
};

constexpr std::array<StateText, guest_state_count> states{{
    {"unknown", '?'},
    {"running", 'R'},
    {"blocked", 'S'},
    {"paused", 'P'},
    {"paused (I/O error)", 'P'},
    {"suspended", 'M'},
    {"shutting down", 'D'},
    {"shut off", 'O'},
    {"crashed", 'X'},
    {"migrating", 'P'},
}};

const StateText& text_of(GuestState state) { return states.at(static_cast<std::size_t>(state)); }

}  // namespace

std::string_view state_name(GuestState state) { return text_of(state).name; }
char state_letter(GuestState state) { return text_of(state).letter; }
bool is_active(GuestState state) { return state != GuestState::shut_off; }

GuestState state_of(std::uint64_t cell) {
    return cell < guest_state_count ? static_cast<GuestState>(cell) : GuestState::unknown;
}

std::size_t Roster::rows(Scope scope) const {
    switch (scope) {
        case Scope::Guest: return guests.size();
        case Scope::Vcpu: return vcpus.size();
        case Scope::Disk: return disks.size();
        case Scope::Nic: return nics.size();
        case Scope::Cpu: return cpus.size();
        case Scope::Host:
        case Scope::Agent: break;
    }
    return 1;
}

const std::vector<RosterInstance>& Roster::instances(Scope scope) const {
    static const std::vector<RosterInstance> none;
    switch (scope) {
        case Scope::Vcpu: return vcpus;
        case Scope::Disk: return disks;
        case Scope::Nic: return nics;
        case Scope::Cpu: return cpus;
        case Scope::Host:
        case Scope::Guest:
        case Scope::Agent: break;
    }
    return none;
}

}  // namespace virtscope
