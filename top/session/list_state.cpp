#include "top/session/list_state.h"

#include <algorithm>

namespace virtscope::top {
namespace {

bool move(ListState& list, Key key, std::size_t page) {
    std::size_t& at = list.selected;
    switch (key) {
        case Key::up: at -= std::min<std::size_t>(at, 1); return true;
        case Key::down: ++at; return true;
        case Key::page_up:
            at -= std::min(at, page);
            list.first -= std::min(list.first, page);
            return true;
        case Key::page_down:
            at += page;
            list.first += page;
            return true;
        case Key::home: at = 0; return true;
        case Key::end: at = unlimited; return true;
        default: return false;
    }
}

}  // namespace

RowMark mark_of(View list, const RowContext& row) {
    std::string device = list == View::guests ? std::string() : row.device(scope_of_list(list)).name;
    return {row.host.label, row.guest().uuid, std::move(device)};
}

void settle(ListState& list, std::size_t total, std::size_t page) {
    page = std::max<std::size_t>(page, 1);
    list.selected = total == 0 ? 0 : std::min(list.selected, total - 1);
    // No blank rows at the end while there are rows above.
    list.first = std::min(list.first, total > page ? total - page : 0);
    list.first = std::min(list.first, list.selected);
    if (list.selected - list.first >= page) list.first = list.selected - page + 1;
}

bool move_bar(ListState& list, Key key, std::size_t page) {
    if (!move(list, key, page)) return false;
    list.follows = key != Key::home;
    list.bar.reset();
    return true;
}

}  // namespace virtscope::top
