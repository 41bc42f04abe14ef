#include "top/compose/hints.h"

#include "core/text.h"
#include "top/session/commands.h"

namespace virtscope::top {

void add_hints(Screen& screen, std::size_t width) {
    Line line;
    std::size_t at = 0;
    for (const Command& command : commands()) {
        if (command.hint.empty()) continue;
        const std::string_view key = command.shown.substr(0, command.shown.find(' '));
        const std::size_t taken = display_width(key) + 1 + display_width(command.hint);
        if (at + taken > width) break;
        line.spans.push_back({at, display_width(key), Style::key_hint});
        line.spans.push_back({at + display_width(key) + 1, display_width(command.hint), Style::hint});
        screen.spots.push_back({screen.lines.size(), at, taken, command.keys.front()});
        line.text.append(key).append(" ").append(command.hint).append("  ");
        at += taken + 2;
    }
    line.text = clip(line.text, width);
    screen.lines.push_back(std::move(line));
}

}  // namespace virtscope::top
