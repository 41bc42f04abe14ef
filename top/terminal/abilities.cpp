#include "top/terminal/abilities.h"

#include <array>
#include <cstdlib>

#include <curses.h>
#include <term.h>
#include <unistd.h>

// <term.h> defines these as macros.
#undef lines
#undef columns
#undef back_tab

#include "core/text.h"

namespace virtscope::top {
namespace {

constexpr std::string_view ansi_cursor = "\33[%i%p1%d;%p2%dH";
constexpr std::string_view ansi_foreground = "\33[3%p1%dm";
constexpr std::string_view ansi_background = "\33[4%p1%dm";
// Presses and the wheel, with columns beyond 223.
constexpr const char* mouse_on = "\33[?1000h\33[?1006h";
constexpr const char* mouse_off = "\33[?1006l\33[?1000l";

// Without the pauses that terminals of paper needed: "$<5>".
std::string text_of_ability(const char* name) {
    const char* const value = ::tigetstr(name);
    std::string out;
    // NOLINTNEXTLINE(performance-no-int-to-ptr): terminfo's way of saying that there is no such string
    if (value == nullptr || value == reinterpret_cast<const char*>(-1)) return out;
    for (std::string_view rest = value; !rest.empty();) {
        const std::size_t end = rest.starts_with("$<") ? rest.find('>') : rest.npos;
        if (end == rest.npos) out += rest.front();
        rest.remove_prefix(end == rest.npos ? 1 : end + 1);
    }
    return out;
}

KeyNames key_names() {
    constexpr std::array<std::pair<const char*, Key>, 28> known{
        {{"kcuu1", Key::up},     {"kcud1", Key::down},     {"kcub1", Key::left},      {"kcuf1", Key::right},
         {"kpp", Key::page_up},  {"knp", Key::page_down},  {"khome", Key::home},      {"kend", Key::end},
         {"kich1", Key::insert}, {"kdch1", Key::del},      {"kcbt", Key::back_tab},   {"kent", Key::enter},
         {"kUP5", Key::ctrl_up}, {"kDN5", Key::ctrl_down}, {"kLFT5", Key::ctrl_left}, {"kRIT5", Key::ctrl_right},
         {"kf1", Key::f1},       {"kf2", Key::f2},         {"kf3", Key::f3},          {"kf4", Key::f4},
         {"kf5", Key::f5},       {"kf6", Key::f6},         {"kf7", Key::f7},          {"kf8", Key::f8},
         {"kf9", Key::f9},       {"kf10", Key::f10},       {"kf11", Key::f11},        {"kf12", Key::f12}}};
    KeyNames names;
    for (const auto& [ability, key] : known) {
        std::string sent = text_of_ability(ability);
        // One that begins with a character could be typed.
        if (sent.size() > 1 && sent.front() == '\33') names.emplace_back(std::move(sent), key);
    }
    return names;
}

bool is_on(const char* flag) { return ::tigetflag(flag) > 0; }

Abilities abilities_of_known(bool mouse) {
    Abilities able;
    const bool has_mouse = mouse && !text_of_ability("kmous").empty();
    able.alternate = text_of_ability("smcup");
    able.clear = text_of_ability("clear");
    able.normal = text_of_ability("sgr0");
    able.prepare = text_of_ability("smkx") + text_of_ability("civis") + (has_mouse ? mouse_on : "");
    // Where programs have no screen of their own, ours is wiped.
    const std::string back = able.alternate.empty() ? able.clear : text_of_ability("rmcup");
    able.leave = (has_mouse ? mouse_off : "") + able.normal + text_of_ability("op") + text_of_ability("rmkx") +
                 text_of_ability("cnorm") + back;
    able.clear_to_end = text_of_ability("el");
    able.bold = text_of_ability("bold");
    able.dim = text_of_ability("dim");
    able.underline = text_of_ability("smul");
    able.italic = text_of_ability("sitm");
    able.reverse = text_of_ability("rev");
    able.cursor = text_of_ability("cup");
    able.foreground = text_of_ability("setaf");
    able.background = text_of_ability("setab");
    able.colours = able.foreground.empty() || able.background.empty() ? -1 : ::tigetnum("colors");
    able.exact_colours = is_on("RGB") || is_on("Tc") || ::tigetnum("RGB") > 0;
    able.clears_in_colour = is_on("bce");
    able.steps = text_of_ability("cud1") == "\n" && text_of_ability("cub1") == "\b";
    able.ansi_right = text_of_ability("cuf") == "\33[%p1%dC";
    able.last_cell = !is_on("am") || is_on("xenl");
    able.keys = key_names();
    return able;
}

std::string with_number(const std::string& ability, std::string_view otherwise, int number) {
    const char* const made = ::tparm(ability.empty() ? std::string(otherwise).c_str() : ability.c_str(), number);
    return made == nullptr ? "" : made;
}

}  // namespace

std::string Abilities::move_to(std::size_t row, std::size_t column) const {
    if (cursor.empty() || cursor == ansi_cursor) return fmt::format("\33[{};{}H", row + 1, column + 1);
    const char* const made = ::tparm(cursor.c_str(), static_cast<int>(row), static_cast<int>(column));
    return made == nullptr ? "" : made;
}

std::string Abilities::foreground_of(int number) const { return with_number(foreground, ansi_foreground, number); }
std::string Abilities::background_of(int number) const { return with_number(background, ansi_background, number); }

Result<Abilities> abilities_of_terminal(bool mouse) {
    const char* const term = std::getenv("TERM");
    const std::string name = term == nullptr ? "" : term;
    int found = 0;
    const bool known = !name.empty() && ::setupterm(name.c_str(), STDOUT_FILENO, &found) == OK;
    if (!known || text_of_ability("cup").empty() || text_of_ability("clear").empty()) {
        return fail(ErrorKind::unsupported,
                    "TERM='{}': not a terminal that can be drawn on: use -b, --stream, or --script with --csv FILE",
                    printable(name, 40));
    }
    Abilities able = abilities_of_known(mouse);
    able.name = name;
    return able;
}

}  // namespace virtscope::top
