#include "top/terminal/abilities.h"

#include <string_view>

#include <unistd.h>

#include "core/text.h"
#include "top/terminal/ncurses.h"

// Last: it makes macros of everyday words.
#include <term.h>

namespace virtscope::top {
namespace {

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

// As ncurses turns it on, which then understands what is sent.
std::string mouse_switch(bool on) {
    const std::string known = text_of_ability("XM");
    if (known.empty()) return on ? "\33[?1000h" : "\33[?1000l";
    const char* const made = ::tiparm(known.c_str(), on ? 1 : 0);
    return made == nullptr ? "" : made;
}

// Back to what it is everywhere: ncurses sets margins to scroll a part of the screen, and turns wrapping off to write
// the last cell; it may be stopped in between.
std::string undo_half_done() {
    constexpr std::string_view usual_margins = "\33[%i%p1%d;%p2%dr";
    return (text_of_ability("csr") == usual_margins ? "\33[r" : "") + text_of_ability("smam");
}

bool is_on(const char* flag) { return ::tigetflag(flag) > 0; }

Abilities abilities_of_current(bool mouse) {
    Abilities able;
    able.has_mouse = mouse && !text_of_ability("kmous").empty();
    able.alternate = text_of_ability("smcup");
    able.prepare = text_of_ability("smkx") + text_of_ability("civis") + (able.has_mouse ? mouse_switch(true) : "");
    // Where programs have no screen of their own, ours is wiped.
    const std::string back = able.alternate.empty() ? text_of_ability("clear") : text_of_ability("rmcup");
    able.leave = (able.has_mouse ? mouse_switch(false) : "") + undo_half_done() + text_of_ability("sgr0") +
                 text_of_ability("op") + text_of_ability("rmkx") + text_of_ability("cnorm") + back;
    const bool colours = !text_of_ability("setaf").empty() && !text_of_ability("setab").empty();
    able.colours = colours ? ::tigetnum("colors") : -1;
    able.exact_colours = is_on("RGB") || is_on("Tc") || ::tigetnum("RGB") > 0;
    return able;
}

}  // namespace

Result<Abilities> abilities_of(const std::string& name, bool mouse) {
    int found = 0;
    const bool known = !name.empty() && ::setupterm(name.c_str(), STDOUT_FILENO, &found) == OK;
    const bool drawable = known && !text_of_ability("cup").empty() && !text_of_ability("clear").empty();
    Abilities able = drawable ? abilities_of_current(mouse) : Abilities{};
    if (known) ::del_curterm(::cur_term);
    if (!drawable) {
        return fail(ErrorKind::unsupported,
                    "TERM='{}': not a terminal that can be drawn on: use -b, --stream, or --script with --csv FILE",
                    printable(name, 40));
    }
    able.name = name;
    return able;
}

}  // namespace virtscope::top
