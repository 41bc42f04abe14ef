#include "top/view/compose.h"

#include <algorithm>

#include <fmt/format.h>

#include "core/text.h"
#include "top/view/figures.h"
#include "top/view/help_view.h"
#include "top/view/history_lines.h"
#include "top/view/summary.h"

namespace virtscope::top {
namespace {

// Three of summary, one for messages, one of column titles.
constexpr std::size_t rows_above = 5;

// In history the time stands out, and what happened has a line of its own.
void add_summary(Screen& screen, const Picture& picture, std::size_t width) {
    for (const std::string& line : summary_lines(picture.pair, totals_of(picture.pair))) {
        screen.lines.push_back({clip(line, width)});
    }
    if (!picture.is_history) return;
    screen.lines.front() = history_line(picture, width);
    Line events = events_line(picture);
    events.text = clip(events.text, width);
    screen.lines.push_back(std::move(events));
}

// Why the selected guest's row has gaps, where its driver says so.
std::string note_of(const Picture& picture, std::optional<std::size_t> guest_row) {
    if (!guest_row) return {};
    const RosterGuest& guest = picture.frame().roster->guests[*guest_row];
    return guest.note.empty() ? std::string() : fmt::format("{}: {}", printable(guest.name), guest.note);
}

// What matters most of: the question asked, what was wrong with the answer, what becomes of an order, what is wrong
// with the picture, what is known of the selected guest.
Line message_line(const Picture& picture, const Session& session, std::optional<std::size_t> guest_row) {
    if (session.typed_delay) {
        return {fmt::format("Change delay from {} to: {}_", delay_text(session.delay), *session.typed_delay),
                Style::warning};
    }
    if (!session.message.empty()) return {session.message, Style::warning};
    if (!session.status.empty()) return {session.status, Style::warning};
    if (!picture.notice.empty()) return {picture.notice, Style::warning};
    return {note_of(picture, guest_row), Style::plain};
}

Style under_bar(Style style) { return style == Style::stale ? Style::selected_stale : Style::selected; }

// Places the bar; the row of the guest under it, if there is one.
std::optional<std::size_t> place_bar(const Picture& picture, Session& session, std::size_t page) {
    const std::vector<RosterGuest>& guests = picture.frame().roster->guests;
    const GuestsOptions& options = session.guests;
    if (session.follows && session.bar) {
        const auto found = std::ranges::find(guests, session.bar->uuid, &RosterGuest::uuid);
        const auto row = static_cast<std::size_t>(found - guests.begin());
        if (row < guests.size()) session.selected = place_of(picture.pair, options.sort, options.block_bytes, row);
    }
    settle(session, guests.size(), page);
    session.bar.reset();
    const auto under = order(picture.pair, options.sort, options.block_bytes, session.selected, 1);
    if (under.empty()) return std::nullopt;
    const RosterGuest& guest = guests[under.front()];
    session.bar = {guest.uuid, guest.name, guest.generation, state_of_guest(picture.frame(), under.front())};
    return under.front();
}

void add_guests(Screen& screen, const Picture& picture, Session& session, Size size) {
    const std::size_t page = rows_for_guests(picture, size);
    Line message = message_line(picture, session, place_bar(picture, session, page));
    message.text = clip(message.text, size.columns);
    screen.lines.push_back(std::move(message));
    const TableModel table = guests_table(picture, session.guests, session.first, page);
    screen.lines.push_back(heading_line(table, size.columns));
    for (std::size_t i = 0; i < table.rows.size(); ++i) {
        Line line = row_line(table, table.rows[i], size.columns);
        if (table.first + i == session.selected) line.style = under_bar(line.style);
        screen.lines.push_back(std::move(line));
    }
}

// The menu stands below the guests, which go on being shown. On a small screen it is what stays.
void add_main(Screen& screen, const Picture& picture, Session& session, Size size) {
    const auto menu = session.menu ? menu_lines(*session.menu, size) : std::vector<Line>();
    const Size above{size.rows - menu.size(), size.columns};
    add_summary(screen, picture, size.columns);
    add_guests(screen, picture, session, above);
    screen.lines.resize(std::min(screen.lines.size(), above.rows));
    screen.lines.insert(screen.lines.end(), menu.begin(), menu.end());
}

}  // namespace

std::size_t rows_for_guests(const Picture& picture, Size size) {
    const std::size_t above = rows_above + (picture.is_history ? 1 : 0);
    return size.rows > above ? size.rows - above : 0;
}

Screen compose(const Picture& picture, Session& session, Size size) {
    Screen screen;
    if (session.view == View::help) {
        screen = help_screen(session, picture.frame(), size);
    } else {
        add_main(screen, picture, session, size);
    }
    screen.lines.resize(std::min(screen.lines.size(), size.rows));
    return screen;
}

Screen compose_batch(const Picture& picture, const GuestsOptions& options) {
    Screen screen;
    add_summary(screen, picture, unlimited);
    const std::string& message = picture.notice.empty() ? picture.remark : picture.notice;
    screen.lines.push_back({clip(message, unlimited), Style::warning});
    const TableModel table = guests_table(picture, options, 0, unlimited);
    screen.lines.push_back(heading_line(table, unlimited));
    for (const TableRow& row : table.rows) screen.lines.push_back(row_line(table, row, unlimited));
    return screen;
}

}  // namespace virtscope::top
