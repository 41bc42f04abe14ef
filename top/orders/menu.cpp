#include "top/orders/menu.h"

#include <algorithm>

#include <fmt/format.h>

#include "core/text.h"

namespace virtscope::top {
namespace {

std::string_view meaning(Verb verb) {
    switch (verb) {
        case Verb::start: return "starts the guest";
        case Verb::shutdown: return "asks the guest to power off";
        case Verb::reboot: return "asks the guest to restart";
        case Verb::suspend: return "stops its vCPUs";
        case Verb::resume: return "lets its vCPUs run on";
        case Verb::reset: return "restarts it as by the button";
        case Verb::destroy: return "ends it now, as by the power cord";
        case Verb::eject: return "takes the image out of its CD-ROM";
        default: return "";
    }
}

// The name gives way, so that the UUID is always there to be compared.
std::string named(const Menu& menu, std::string_view before, std::string_view after, std::size_t width) {
    constexpr std::size_t shortest_name = 8;
    const std::string uuid = fmt::format(" (uuid {})", menu.guest.uuid.text());
    const std::size_t taken = before.size() + uuid.size() + after.size();
    const std::size_t left = width > taken ? width - taken : 0;
    std::string name = clip(menu.guest.name, std::max(left, shortest_name));
    if (name.empty()) name.push_back('-');
    return fmt::format("{}{}{}{}", before, name, uuid, after);
}

Line title(const Menu& menu, std::size_t width) {
    const std::string state = fmt::format(": {}", state_name(menu.guest.state));
    return {clip(named(menu, "Orders to ", state, width), width), Style::heading};
}

Line last_line(const Menu& menu, std::size_t width) {
    if (!menu.asks) return {clip(" Up Down: which; Enter: give the order; Esc: leave", width)};
    const std::string verb = fmt::format("{} ", verb_name(menu.verbs[menu.at]));
    return {clip(named(menu, verb, "? y/N", width), width), Style::warning};
}

Line verb_line(const Menu& menu, std::size_t place, std::size_t width) {
    const Verb verb = menu.verbs[place];
    return {clip(fmt::format("  {:<10}{}", verb_name(verb), meaning(verb)), width),
            place == menu.at ? Style::selected : Style::plain};
}

MenuStep give(const Menu& menu) { return {.closes = true, .order = OrderWanted{menu.guest, menu.verbs[menu.at]}}; }

// Whatever is no yes is a no.
MenuStep answer(Menu& menu, Key key) {
    menu.asks = false;
    if (key == Key{U'y'} || key == Key{U'Y'}) return give(menu);
    return {.message = fmt::format("{}: not done", verb_name(menu.verbs[menu.at]))};
}

// Without asking the driver, whose refusal would come after the question whether it is really meant.
bool takes(const Subject& guest, Verb verb) {
    if (guest.driver != "xen") return true;
    if (is_domain_0(guest.driver, guest.uuid, guest.local_id, guest.generation)) return false;
    if (verb == Verb::eject) return guest.machine == "xen-hvm";
    return verb != Verb::start && verb != Verb::reset;
}

}  // namespace

std::vector<Verb> orders_for(GuestState state) {
    switch (state) {
        case GuestState::running:
        case GuestState::blocked:
            return {Verb::shutdown, Verb::reboot, Verb::suspend, Verb::reset, Verb::destroy, Verb::eject};
        case GuestState::paused:
        case GuestState::paused_io: return {Verb::resume, Verb::reset, Verb::destroy, Verb::eject};
        case GuestState::suspended:
        case GuestState::shutting_down:
        case GuestState::crashed: return {Verb::reset, Verb::destroy};
        case GuestState::migrating: return {Verb::destroy};
        case GuestState::shut_off: return {Verb::start};
        case GuestState::unknown: break;
    }
    return {Verb::start,  Verb::shutdown, Verb::reboot,  Verb::suspend,
            Verb::resume, Verb::reset,    Verb::destroy, Verb::eject};
}

Menu menu_of(Subject guest) {
    auto verbs = orders_for(guest.state);
    std::erase_if(verbs, [&](Verb verb) { return !takes(guest, verb); });
    return {.guest = std::move(guest), .verbs = std::move(verbs)};
}

MenuStep press(Menu& menu, Key key) {
    if (menu.asks) return answer(menu, key);
    const std::size_t last = menu.verbs.size() - 1;
    if (is_enter(key)) {
        menu.asks = is_destructive(menu.verbs[menu.at]);
        return menu.asks ? MenuStep{} : give(menu);
    }
    switch (key) {
        case Key::up: menu.at -= std::min<std::size_t>(menu.at, 1); return {};
        case Key::down: menu.at = std::min(menu.at + 1, last); return {};
        case Key::home: menu.at = 0; return {};
        case Key::end: menu.at = last; return {};
        case Key::escape: return {.closes = true};
        default: return {.closes = key == Key{U'q'} || key == Key{U'm'}};
    }
}

std::vector<Line> menu_lines(const Menu& menu, Size size) {
    if (size.rows == 0) return {};
    if (size.rows < 3) return {menu.asks ? last_line(menu, size.columns) : verb_line(menu, menu.at, size.columns)};
    std::vector<Line> lines{title(menu, size.columns)};
    const std::size_t shown = std::min(menu.verbs.size(), size.rows - 2);
    const std::size_t first = std::min(menu.at, menu.verbs.size() - shown);
    for (std::size_t i = first; i < first + shown; ++i) lines.push_back(verb_line(menu, i, size.columns));
    lines.push_back(last_line(menu, size.columns));
    return lines;
}

}  // namespace virtscope::top
