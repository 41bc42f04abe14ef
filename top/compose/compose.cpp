#include "top/compose/compose.h"

#include <algorithm>
#include <iterator>

#include "core/text.h"
#include "top/compose/above.h"
#include "top/compose/chooser_screen.h"
#include "top/compose/help_view.h"
#include "top/compose/hints.h"
#include "top/compose/panes.h"
#include "top/view/time_bar.h"

namespace virtscope::top {
namespace {

constexpr std::size_t least_rows_for_hints = 16;

bool has_hints(const Session& session, Size size) { return session.hints && size.rows >= least_rows_for_hints; }

Style under_bar(Style style) { return style == Style::stale ? Style::selected_stale : Style::selected; }

void add(Screen& screen, std::vector<Line> lines) { std::ranges::move(lines, std::back_inserter(screen.lines)); }

// Each title, and each row, can be clicked.
void add_heading(Screen& screen, const TableModel& table, const ColumnWindow& window, std::size_t width) {
    const std::size_t row = screen.lines.size();
    const auto places = places_of_columns(table, width);
    for (std::size_t c = 0; c < places.size(); ++c) {
        screen.spots.push_back({row, places[c].column, places[c].width, ClickColumn{window.columns[c]}});
    }
    Line heading = heading_line(table, width);
    heading.text = fit(heading.text, width == unlimited ? display_width(heading.text) : width);
    if (width != unlimited && width > 1) {
        if (window.more_left) heading.text.front() = '<';
        if (window.more_right) heading.text.replace(heading.text.size() - 1, 1, ">");
    }
    heading.text = clip(heading.text, width);
    screen.lines.push_back(std::move(heading));
}

void add_rows(Screen& screen, const Arranged& arranged, const TableModel& table, const Session& session,
              std::size_t width) {
    const ListState& state = session.of_list();
    for (std::size_t i = 0; i < table.rows.size(); ++i) {
        Line line = row_line(table, table.rows[i], width);
        const bool is_tagged = !session.tagged.empty() &&
                               session.tagged.contains(mark_of(session.list, arranged.list.context(arranged.rows[i])));
        if (is_tagged) line.style = Style::tagged;
        if (state.first + i == state.selected) {
            line.style = under_bar(line.style);
            line.spans.clear();
        }
        screen.spots.push_back({screen.lines.size(), 0, width, ClickRow{state.first + i}});
        screen.lines.push_back(std::move(line));
    }
}

void add_message(Screen& screen, const Scene& scene, const Session& session, std::size_t rows, std::size_t width) {
    Line message = message_line(scene, session, rows);
    message.text = clip(message.text, width);
    screen.lines.push_back(std::move(message));
}

void add_list(Screen& screen, const Scene& scene, Session& session, Size size) {
    const std::size_t above = screen.lines.size() + 2;
    const Arranged arranged = arrange(scene, session, size.rows > above ? size.rows - above : 0);
    add_message(screen, scene, session, arranged.list.size(), size.columns);
    ListState& state = session.of_list();
    const auto window =
        columns_within(scene, columns_of(session.list, scene.is_fleet()), state.first_column, size.columns);
    state.first_column = window.first;
    const TableModel table = table_of(arranged.list, scene, window, arranged.rows);
    add_heading(screen, table, window, size.columns);
    add_rows(screen, arranged, table, session, size.columns);
}

void add_pane(Screen& screen, const Scene& scene, Session& session, const Backdrop& backdrop, Size size) {
    add_message(screen, scene, session, 0, size.columns);
    const std::size_t above = screen.lines.size();
    add(screen, pane_lines(scene, session, backdrop, {size.rows > above ? size.rows - above : 0, size.columns}));
}

void add_time_bar(Screen& screen, const Scene& scene, const Backdrop& backdrop, std::size_t width) {
    if (!backdrop.time) return;
    Screen bar = time_bar(*backdrop.time, {width, scene.is_history(), backdrop.unicode});
    for (Spot& spot : bar.spots) {
        spot.row += screen.lines.size();
        screen.spots.push_back(spot);
    }
    add(screen, std::move(bar.lines));
}

// The menu stands below the rows, which go on being shown. On a small screen it is what stays.
void add_main(Screen& screen, const Scene& scene, Session& session, const Backdrop& backdrop, Size size) {
    std::vector<Line> below;
    if (session.menu) below = menu_lines(*session.menu, size);
    const bool hinted = !session.menu && has_hints(session, size);
    const Size above{size.rows - below.size() - (hinted ? 1 : 0), size.columns};
    add(screen, summary_of(scene, size.columns));
    add_time_bar(screen, scene, backdrop, size.columns);
    if (is_list(session.view))
        add_list(screen, scene, session, above);
    else
        add_pane(screen, scene, session, backdrop, above);
    screen.lines.resize(std::min(screen.lines.size(), above.rows));
    std::erase_if(screen.spots, [&](const Spot& spot) { return spot.row >= above.rows; });
    add(screen, std::move(below));
    if (!hinted) return;
    screen.lines.resize(above.rows);
    add_hints(screen, size.columns);
}

}  // namespace

std::size_t page_of(const Scene& scene, const Session& session, Size size, const Backdrop& backdrop) {
    const std::size_t message_and_titles = backdrop.time ? 4 : 2;
    const std::size_t above =
        summary_of(scene, size.columns).size() + message_and_titles + (has_hints(session, size) ? 1 : 0);
    return size.rows > above ? size.rows - above : 0;
}

Screen compose(const Scene& scene, Session& session, Size size, const Backdrop& backdrop) {
    session.is_fleet = scene.is_fleet();
    Screen screen;
    if (session.view == View::help) {
        screen = help_screen(session, scene, size);
    } else if (session.chooser) {
        screen = chooser_screen(*session.chooser, session.of_list().sorting, size);
    } else {
        add_main(screen, scene, session, backdrop, size);
    }
    screen.lines.resize(std::min(screen.lines.size(), size.rows));
    return screen;
}

Screen compose_batch(const Scene& scene, Session& session) {
    Screen screen;
    add(screen, summary_of(scene, unlimited));
    const Picture& first = scene.hosts.front().picture;
    const std::string& message = first.notice.empty() ? first.remark : first.notice;
    screen.lines.push_back({clip(message, unlimited), Style::warning});
    const Arranged arranged = arrange(scene, session, unlimited);
    const auto window = columns_within(scene, columns_of(session.list, scene.is_fleet()), 0, unlimited);
    const TableModel table = table_of(arranged.list, scene, window, arranged.rows);
    screen.lines.push_back(heading_line(table, unlimited));
    for (const TableRow& row : table.rows) screen.lines.push_back(row_line(table, row, unlimited));
    return screen;
}

}  // namespace virtscope::top
