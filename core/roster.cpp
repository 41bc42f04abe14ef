#include "core/roster.h"

#include <algorithm>
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

bool is_running(GuestState state) { return state == GuestState::running || state == GuestState::blocked; }

// A guest that is off has no number either.
bool is_domain_0(std::string_view driver, const Uuid& uuid, std::int64_t local_id, std::uint64_t generation) {
    return uuid.is_nil() || (driver == "xen" && local_id == 0 && generation != 0);
}

GuestState state_of(std::uint64_t cell) {
    return cell < guest_state_count ? static_cast<GuestState>(cell) : GuestState::unknown;
}

const GuestList* guest_list(Scope scope) {
    const auto* const found = std::ranges::find(guest_lists, scope, &GuestList::scope);
    return found != guest_lists.end() ? found : nullptr;
}

const HostList* host_list(Scope scope) {
    const auto* const found = std::ranges::find(host_lists, scope, &HostList::scope);
    return found != host_lists.end() ? found : nullptr;
}

std::size_t Roster::rows(Scope scope) const {
    if (scope == Scope::Guest) return guests.size();
    return scope == Scope::Host || scope == Scope::Agent ? 1 : instances(scope).size();
}

const std::vector<RosterInstance>& Roster::instances(Scope scope) const {
    static const std::vector<RosterInstance> none;
    if (const GuestList* const list = guest_list(scope)) return this->*list->all;
    const HostList* const list = host_list(scope);
    return list != nullptr ? this->*list->all : none;
}

}  // namespace virtscope
