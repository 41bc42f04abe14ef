#include "top/view/help_view.h"

#include <array>

#include <fmt/format.h>

namespace virtscope::top {
namespace {

constexpr std::array<std::string_view, 21> help_text{
    "",
    " MAIN KEYS                              MOVING",
    " space ^L Update display                Up Down     one guest",
    " q        Quit                          PgUp PgDn   one screen",
    " d s      Set update interval           Home End    first, last guest",
    " h        Help",
    " B        toggle block info req/bytes   COLUMNS (all rates a second)",
    " m        Orders to the guest           S    state; ! it does not answer",
    " SORTING                                %CPU of all host CPUs",
    " P        Sort by %CPU                  %MEM of the host's memory",
    " M        Sort by %MEM                  %STL of its vCPUs' time spent waiting",
    " T        Sort by TIME                       for a CPU (steal)",
    " N        Sort by ID                    AGE  seconds since what only the",
    "                                             hypervisor knows was true",
    " HISTORY                                -    not known",
    " [ ]      A frame back, on (End: to now)",
    " { }      A minute back, on",
    "",
    " STATES   R running  S sleeping  P paused  M suspended  D shutting down",
    "          O off  X crashed  ? unknown",
    "More help: virt-top --help. Press any key to return.",
};

}  // namespace

Screen help_screen(const Session& session, const Frame& frame, Size size) {
    Screen screen;
    const auto add = [&](std::string_view text) { screen.lines.push_back({clip(text, size.columns)}); };
    const RosterHost& host = frame.roster->host;
    add("virt-top " VIRTSCOPE_VERSION " (virtscope)");
    add(fmt::format("Delay: {} secs; Sort: {}", delay_text(session.delay), sort_title(session.guests.sort)));
    add(fmt::format("Hypervisor: {}; Hostname: {}", host.hypervisor.empty() ? "-" : host.hypervisor, host.name));
    for (const std::string_view line : help_text) add(line);
    return screen;
}

}  // namespace virtscope::top
