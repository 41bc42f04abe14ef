#include "drivers/lifecycle.h"

#include <algorithm>
#include <array>

namespace virtscope {
namespace {

constexpr std::array<std::string_view, verb_count> names{
    "start",  "shutdown", "reboot", "reset",    "destroy",      "suspend",    "resume",
    "save",   "restore",  "setmem", "setvcpus", "change-media", "eject",      "autostart",
    "define", "undefine", "create", "deploy",   "dumpxml",      "domdisplay", "guestinfo"};

}  // namespace

std::string_view verb_name(Verb verb) { return names[static_cast<std::size_t>(verb)]; }

std::optional<Verb> verb_named(std::string_view name) {
    const auto found = std::ranges::find(names, name);
    if (found == names.end()) return std::nullopt;
    return static_cast<Verb>(found - names.begin());
}

bool is_destructive(Verb verb) { return verb == Verb::destroy || verb == Verb::reset || verb == Verb::undefine; }

bool names_a_guest(Verb verb) {
    return verb != Verb::define && verb != Verb::create && verb != Verb::restore && verb != Verb::deploy;
}

bool only_looks(Verb verb) { return verb == Verb::dumpxml || verb == Verb::domdisplay || verb == Verb::guestinfo; }

}  // namespace virtscope
