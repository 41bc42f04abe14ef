#include "exporters/collectd/state.h"

#include <array>

#include <fmt/format.h>

namespace virtscope::exporters::collectd {
namespace {

constexpr const char* unknown = "the reason is unknown";

// By GuestState. Texts are virt's, which filters of notifications may look for.
constexpr std::array<DomainState, guest_state_count> states{{
    {0, 0, Severity::okay, "no state", unknown},
    {1, 0, Severity::okay, "the domain is running", unknown},
    {2, 0, Severity::warning, "the domain is blocked on resource", unknown},
    {3, 1, Severity::warning, "the domain is paused by user", "paused on user request"},
    {3, 5, Severity::warning, "the domain is paused by user", "paused due to a disk I/O error"},
    {7, 0, Severity::warning, "the domain is suspended by guest power management", unknown},
    {4, 0, Severity::okay, "the domain is being shut down", unknown},
    {5, 0, Severity::okay, "the domain is shut off", unknown},
    {6, 0, Severity::failure, "the domain is crashed", unknown},
    {3, 2, Severity::warning, "the domain is paused by user", "paused for offline migration"},
}};

}  // namespace

const DomainState& domain_state(GuestState state) { return states.at(static_cast<std::size_t>(state)); }

std::string state_message(GuestState state) {
    const DomainState& known = domain_state(state);
    return fmt::format("Domain state: {}. Reason: {}", known.text, known.why);
}

}  // namespace virtscope::exporters::collectd
