#include "top/session/chooser.h"

#include <algorithm>
#include <string_view>

namespace virtscope::top {
namespace {

constexpr std::string_view letters = "0123456789abcdefghijklmnoprstuvwxyz";  // but q, which leaves

}  // namespace

Chooser chooser_of(View list, bool fleet, const Sorting& sorting) {
    const ColumnSet set = columns_of(list, fleet);
    Chooser chooser{.list = list, .columns = {set.columns.begin(), set.columns.end()}};
    const auto now = std::ranges::find(chooser.columns, sorting.by);
    if (now != chooser.columns.end()) chooser.at = static_cast<std::size_t>(now - chooser.columns.begin());
    return chooser;
}

char letter_of_choice(std::size_t number) { return number < letters.size() ? letters[number] : '\0'; }

bool press(Chooser& chooser, ListState& list, Key key) {
    const std::size_t last = chooser.columns.size() - 1;
    switch (key) {
        case Key::up: chooser.at -= std::min<std::size_t>(chooser.at, 1); break;
        case Key::down: chooser.at = std::min(chooser.at + 1, last); break;
        case Key::home: chooser.at = 0; break;
        case Key::end: chooser.at = last; break;
        default: {
            const char32_t code = character_of(key);
            const std::size_t chosen = code < 0x80 ? letters.find(static_cast<char>(code)) : letters.size();
            if (code == 0 || chosen > last) return false;
            chooser.at = chosen;
        }
    }
    list.sorting.by = chooser.columns[chooser.at];
    return true;
}

}  // namespace virtscope::top
