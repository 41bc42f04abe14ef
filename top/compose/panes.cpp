#include "top/compose/panes.h"

#include <algorithm>

#include "top/compose/arrange.h"
#include "top/view/contention_view.h"
#include "top/view/cpus_view.h"
#include "top/view/host_panel.h"

namespace virtscope::top {
namespace {

// The first `pinned` lines stay, the others scroll.
std::vector<Line> scrolled(std::vector<Line> lines, std::size_t pinned, std::size_t& first, std::size_t rows) {
    const std::size_t room = rows > pinned ? rows - pinned : 0;
    const std::size_t below = lines.size() - std::min(lines.size(), pinned);
    first = std::min(first, below > room ? below - room : 0);
    const auto begin = lines.begin() + static_cast<std::ptrdiff_t>(std::min(pinned, lines.size()));
    lines.erase(begin, begin + static_cast<std::ptrdiff_t>(first));
    lines.resize(std::min(lines.size(), rows));
    return lines;
}

std::vector<Line> cpu_lines(const Picture& picture, Session& session, std::size_t width) {
    const TableModel table = cpus_table(picture, session.pane_column, width);
    // Further to the right there is nothing.
    constexpr std::size_t own = 2;
    if (table.columns.size() <= own && session.pane_column > 0) --session.pane_column;
    std::vector<Line> lines{heading_line(table, width)};
    for (const TableRow& row : table.rows) lines.push_back(row_line(table, row, width));
    if (table.rows.empty()) lines.push_back({clip("nothing is known of this host's CPUs", width), Style::warning});
    return lines;
}

std::vector<Line> detail_lines(const Scene& scene, Session& session, const Backdrop& backdrop, Size size) {
    if (!session.subject) return {};
    const Picture& picture = scene.hosts[session.subject->host].picture;
    const Detail detail = detail_view(picture, backdrop.detail, {size, session.pane_first, backdrop.unicode});
    session.pane_first = detail.first;
    if (const auto row = find_guest(scene, *session.subject)) session.subject = subject_of(scene, *row);
    return detail.lines;
}

}  // namespace

std::vector<Line> pane_lines(const Scene& scene, Session& session, const Backdrop& backdrop, Size size) {
    const Host& host = scene.hosts[host_in_view(scene, session)];
    if (!host.is_known()) return {};
    const Picture& picture = host.picture;
    std::size_t& first = session.pane_first;
    switch (session.view) {
        case View::pcpus: return scrolled(cpu_lines(picture, session, size.columns), 1, first, size.rows);
        case View::contention: return scrolled(contention_lines(picture, size.columns), 1, first, size.rows);
        case View::host: return scrolled(host_panel(picture, size.columns, backdrop.unicode), 1, first, size.rows);
        case View::detail: return detail_lines(scene, session, backdrop, size);
        default: return {};
    }
}

}  // namespace virtscope::top
