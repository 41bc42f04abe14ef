// console: can anybody on the network look at, or take over, a guest's display?
#include <array>

#include "plugins/judge/judge.h"
#include "plugins/modes/modes.h"

namespace virtscope::checks {
namespace {

// How open a display is: 0 closed to the network, 1 guarded in part (a password in the clear, or TLS for everybody),
// 2 open to whoever can reach it.
Value openness(const Sight& sight) {
    const auto exposed = sight.gauge(DisplayMetric::exposed);
    if (exposed && *exposed == 0) return Value(0.0);
    const auto tls = sight.gauge(DisplayMetric::tls);
    const auto password = sight.gauge(DisplayMetric::password);
    if (!exposed || !tls || !password) return {};
    if (*tls != 0 && *password != 0) return Value(0.0);
    return Value(*password != 0 || *tls != 0 ? 1.0 : 2.0);
}

Value port(const Sight& sight) {
    const auto number = sight.gauge(DisplayMetric::port);
    return number ? Value(number) : Value::nothing_happened();
}

constexpr std::array<Measure, 2> measures{{
    {.label = "open", .unit = "", .noun = "openness", .scope = Scope::Display, .momentary = true, .read = openness,
     .warning = "0", .critical = "0:1"},
    {.label = "port", .unit = "", .noun = "port", .scope = Scope::Display, .momentary = true, .read = port},
}};

std::string_view words(double open) {
    if (open >= 2) return "listens on the network without password and TLS";
    return open >= 1 ? "listens on the network with only one of password and TLS" : "is closed to the network, or guarded";
}

std::string say(const Sight& sight, const Value& value) {
    const RosterInstance& display = sight.now().roster->displays[sight.row];
    if (!value.number) return fmt::format("{} at {}: who may connect is not known", display.name, display.source);
    return fmt::format("{} at {} {}", display.name, display.source, words(*value.number));
}

Result<Report> run(const Request& request, Snapshot& snapshot) {
    return judge_measures(request, snapshot, {.all_well = "no display is open to the network", .nothing = "has no display", .say = say});
}

}  // namespace

const Mode console_mode{.name = "console",
                        .service = "CONSOLE",
                        .help = "Displays (VNC, SPICE) that listen beyond loopback: CRITICAL without password and TLS, WARNING without one of them",
                        .example = "--exclude 'kiosk*'",
                        .about = About::devices,
                        .measures = measures,
                        .run = run};

}  // namespace virtscope::checks
