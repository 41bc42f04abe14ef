#include "top/session/session.h"

#include <algorithm>

namespace virtscope::top {
namespace {

void answer_delay(Session& session) {
    const auto delay = parse_delay(*session.typed_delay);
    if (delay) {
        session.delay = *delay;
        session.refresh = true;
    } else {
        session.message = delay.error().message;
    }
    session.typed_delay.reset();
}

void type_delay(Session& session, Key key) {
    constexpr std::size_t longest = 20;
    std::string& typed = *session.typed_delay;
    if (is_enter(key)) {
        // Nothing typed: nothing to change.
        if (typed.empty()) return session.typed_delay.reset();
        return answer_delay(session);
    }
    if (key == Key::escape) return session.typed_delay.reset();
    if (key == Key::backspace) {
        if (!typed.empty()) typed.pop_back();
        return;
    }
    const auto code = static_cast<char32_t>(key);
    if (code > U' ' && code < 0x7f && typed.size() < longest) typed += static_cast<char>(code);
}

bool move(Session& session, Key key, std::size_t page) {
    std::size_t& at = session.selected;
    switch (key) {
        case Key::up: at -= std::min<std::size_t>(at, 1); return true;
        case Key::down: ++at; return true;
        case Key::page_up:
            at -= std::min(at, page);
            session.first -= std::min(session.first, page);
            return true;
        case Key::page_down:
            at += page;
            session.first += page;
            return true;
        case Key::home: at = 0; return true;
        case Key::end: at = unlimited; return true;
        default: return false;
    }
}

// False: not a key that moves. The first place is nobody's: who goes back to it looks at whoever comes first.
bool choose(Session& session, Key key, std::size_t page) {
    if (!move(session, key, page)) return false;
    session.follows = key != Key::home;
    session.bar.reset();
    return true;
}

void open_menu(Session& session) {
    if (!session.no_orders.empty()) {
        session.message = session.no_orders;
    } else if (!session.bar) {
        session.message = "no guest that could be given an order";
    } else {
        session.menu = menu_of(*session.bar);
        session.follows = true;
    }
}

void press_menu(Session& session, Key key) {
    MenuStep step = press(*session.menu, key);
    session.message = std::move(step.message);
    session.order = std::move(step.order);
    if (step.closes) session.menu.reset();
}

// False: not a key that leads through time.
bool travel(Session& session, Key key) {
    if (key == Key::end && session.in_history) {
        session.move = Move::newest;
        return true;
    }
    switch (static_cast<char32_t>(key)) {
        case U'[': session.move = Move::back; return true;
        case U']': session.move = Move::forward; return true;
        case U'{': session.move = Move::minute_back; return true;
        case U'}': session.move = Move::minute_forward; return true;
        default: return false;
    }
}

bool sort_by(Session& session, Key key) {
    switch (static_cast<char32_t>(key)) {
        case U'P': session.guests.sort = SortKey::cpu; return true;
        case U'M': session.guests.sort = SortKey::memory; return true;
        case U'T': session.guests.sort = SortKey::time; return true;
        case U'N': session.guests.sort = SortKey::id; return true;
        default: return false;
    }
}

void command(Session& session, Key key) {
    switch (static_cast<char32_t>(key)) {
        case U'q': session.quit = true; return;
        case U'h':
        case U'?': session.view = View::help; return;
        case U' ':
        case static_cast<char32_t>(Key::redraw): session.refresh = true; return;
        case U'd':
        case U's': session.typed_delay.emplace(); return;
        case U'm': return open_menu(session);
        case U'B': session.guests.block_bytes = !session.guests.block_bytes; return;
        default: return;
    }
}

}  // namespace

void press(Session& session, Key key, std::size_t page) {
    session.message.clear();
    session.status.clear();
    if (session.typed_delay) return type_delay(session, key);
    if (session.view == View::help) {
        session.view = View::guests;
        return;
    }
    if (session.menu) return press_menu(session, key);
    if (travel(session, key) || choose(session, key, page) || sort_by(session, key)) return;
    command(session, key);
}

void settle(Session& session, std::size_t total, std::size_t page) {
    page = std::max<std::size_t>(page, 1);
    session.selected = total == 0 ? 0 : std::min(session.selected, total - 1);
    // No blank rows at the end while there are guests above.
    session.first = std::min(session.first, total > page ? total - page : 0);
    session.first = std::min(session.first, session.selected);
    if (session.selected - session.first >= page) session.first = session.selected - page + 1;
}

}  // namespace virtscope::top
