#include "top/session/commands.h"

#include <algorithm>

#include <fmt/format.h>

#include "core/text.h"
#include "top/session/session.h"

namespace virtscope::top {
namespace {

constexpr Key none = Key::other;

void ask(Session& session, Question question, std::string typed = {}) {
    session.prompt = Prompt{question, std::move(typed)};
}

void ask_delay(Session& session) {
    if (session.secure)
        session.message = "secure: the delay is not to be changed";
    else
        ask(session, Question::delay);
}

// The original's view keys lead back to the guests when they are pressed again.
template <View view>
void toggle_view(Session& session) {
    show(session, session.view == view ? View::guests : view);
}

void open_detail(Session& session) {
    if (session.subject)
        show(session, View::detail);
    else
        session.message = "no guest to look at";
}

void go_back(Session& session) {
    if (!is_list(session.view)) return show(session, session.list);
    session.filter = {};
}

void open_menu(Session& session) {
    if (session.secure) {
        session.message = "secure: no orders";
    } else if (!session.no_orders.empty()) {
        session.message = session.no_orders;
    } else if (!session.subject) {
        session.message = "no guest that could be given an order";
    } else if (Menu menu = menu_of(*session.subject); menu.verbs.empty()) {
        session.message = fmt::format("{} takes none of these orders", printable(session.subject->name));
    } else {
        session.menu = std::move(menu);
        session.of_list().follows = true;
    }
}

void open_chooser(Session& session) {
    if (!is_list(session.view)) return;
    session.chooser = chooser_of(session.list, session.is_fleet, session.of_list().sorting);
}

template <int step>
void choose_neighbour(Session& session) {
    Chooser chooser = chooser_of(session.list, session.is_fleet, session.of_list().sorting);
    press(chooser, session.of_list(), step < 0 ? Key::up : Key::down);
}

void begin_search(Session& session) {
    if (!is_list(session.view)) return;
    session.searched_from = session.of_list().selected;
    ask(session, Question::search);
}

template <bool backward>
void search_on(Session& session) {
    if (session.last_search.empty()) {
        session.message = "nothing was searched for: / asks";
        return;
    }
    const std::size_t at = session.of_list().selected;
    const std::size_t from = backward ? (at == 0 ? unlimited : at - 1) : at + 1;
    session.search = Search{session.last_search, from, backward};
}

void toggle_follow(Session& session) {
    ListState& list = session.of_list();
    list.follows = !list.follows;
    session.message = list.follows && session.subject ? fmt::format("following {}", printable(session.subject->name))
                                                      : "the bar stays in its place";
}

void toggle_tag(Session& session) {
    ListState& list = session.of_list();
    if (!is_list(session.view) || !list.bar) return;
    if (session.tagged.erase(*list.bar) == 0) session.tagged.insert(*list.bar);
    move_bar(list, Key::down, 1);
}

void toggle_pause(Session& session) {
    session.paused = !session.paused;
    session.refresh = !session.paused;
}

void change_base(Session& session) {
    CpuBase& base = session.options.cpu_base;
    base = static_cast<CpuBase>((static_cast<int>(base) + 1) % 3);
    constexpr std::array<std::string_view, 3> titles{
        "%CPU: 100 is all CPUs of the host", "%1CP: 100 is one CPU of the host", "%VCP: 100 is all vCPUs of the guest"};
    session.message = titles[static_cast<std::size_t>(base)];
}

void write_settings(Session& session) {
    if (session.secure)
        session.message = "secure: nothing is written";
    else
        session.write_settings = true;
}

template <Move move>
void go(Session& session) {
    session.move = move;
}

constexpr std::array table{
    Command{Section::main,
            {Key{U' '}, Key::redraw, none},
            "space ^L",
            "Update display",
            [](Session& session) { session.refresh = true; }},
    Command{
        Section::main, {Key{U'q'}, Key::f10, none}, "q", "Quit", [](Session& session) { session.quit = true; }, "Quit"},
    Command{Section::main, {Key{U'd'}, Key{U's'}, none}, "d s", "Set update interval", ask_delay},
    Command{Section::main,
            {Key{U'h'}, Key{U'?'}, Key::f1},
            "h ?",
            "Help",
            [](Session& session) { show(session, View::help); },
            "Help"},
    Command{Section::main,
            {Key{U'B'}, none, none},
            "B",
            "Toggle block info req/bytes",
            [](Session& session) { session.options.block_bytes = !session.options.block_bytes; }},
    Command{Section::main, {Key{U'C'}, none, none}, "C", "CPU in % of host, CPU, vCPUs", change_base},
    Command{Section::main, {Key{U'm'}, Key::f9, none}, "m", "Orders to the guest", open_menu, "Orders"},
    Command{Section::main, {Key{U'Z'}, none, none}, "Z", "Pause, go on", toggle_pause},
    Command{Section::main, {Key{U'W'}, none, none}, "W", "Write the init file", write_settings},
    Command{
        Section::views, {Key{U'0'}, none, none}, "0", "Domains", [](Session& session) { show(session, View::guests); }},
    Command{Section::views, {Key{U'1'}, none, none}, "1", "Physical CPUs", toggle_view<View::pcpus>},
    Command{Section::views, {Key{U'2'}, none, none}, "2", "Network interfaces", toggle_view<View::nics>},
    Command{Section::views, {Key{U'3'}, none, none}, "3", "Block devices", toggle_view<View::disks>},
    Command{Section::views, {Key{U'4'}, none, none}, "4", "vCPUs", toggle_view<View::vcpus>},
    Command{Section::views, {Key{U'5'}, none, none}, "5", "Who waits, and for whom", toggle_view<View::contention>},
    Command{Section::views, {Key{U'6'}, none, none}, "6", "The host", toggle_view<View::host>},
    Command{Section::views, {Key::enter, Key{U'\n'}, none}, "Enter", "One guest in detail", open_detail, "Detail"},
    Command{Section::views, {Key::escape, none, none}, "Esc", "Back; no filter", go_back},
    Command{Section::rows, {Key{U'/'}, Key::f3, none}, "/", "Search by name", begin_search, "Search"},
    Command{Section::rows, {Key{U'n'}, none, none}, "n", "Next that was found", search_on<false>},
    Command{Section::rows, {Key{U'p'}, none, none}, "p", "The one before", search_on<true>},
    Command{Section::rows,
            {Key{U'\\'}, Key::f4, none},
            "\\",
            "Filter rows (as below)",
            [](Session& session) { ask(session, Question::filter, session.filter.text()); },
            "Filter"},
    Command{Section::rows, {Key{U'f'}, none, none}, "f", "Follow the row", toggle_follow},
    Command{Section::rows, {Key{U't'}, none, none}, "t", "Tag the row, untag it", toggle_tag},
    Command{Section::rows, {Key{U'U'}, none, none}, "U", "Untag all", [](Session& session) { session.tagged.clear(); }},
    Command{Section::order,
            {Key{U'P'}, none, none},
            "P",
            "Sort by %CPU",
            [](Session& session) { order_by(session, "cpu"); }},
    Command{Section::order,
            {Key{U'M'}, none, none},
            "M",
            "Sort by %MEM",
            [](Session& session) { order_by(session, "mem"); }},
    Command{Section::order,
            {Key{U'T'}, none, none},
            "T",
            "Sort by TIME",
            [](Session& session) { order_by(session, "time"); }},
    Command{
        Section::order, {Key{U'N'}, none, none}, "N", "Sort by ID", [](Session& session) { order_by(session, "id"); }},
    Command{Section::order, {Key{U'F'}, Key{U'S'}, Key::f6}, "F S", "Select sort field", open_chooser, "Sort"},
    Command{Section::order, {Key{U'<'}, none, none}, "< >", "Sort by the column beside", choose_neighbour<-1>},
    Command{Section::order, {Key{U'>'}, none, none}, "", "", choose_neighbour<1>},
    Command{Section::order,
            {Key{U'R'}, Key{U'I'}, none},
            "R",
            "Reverse the order",
            [](Session& session) { session.of_list().sorting.inverted = !session.of_list().sorting.inverted; }},
    Command{Section::time, {Key{U'['}, none, none}, "[ ]", "A frame back, on", go<Move::back>, "Back"},
    Command{Section::time, {Key{U']'}, none, none}, "", "", go<Move::forward>},
    Command{Section::time, {Key{U'{'}, none, none}, "{ }", "A minute back, on", go<Move::minute_back>},
    Command{Section::time, {Key{U'}'}, none, none}, "", "", go<Move::minute_forward>},
    Command{Section::time, {Key{U'E'}, none, none}, "e E", "The event before, after", go<Move::event_forward>},
    Command{Section::time, {Key{U'e'}, none, none}, "", "", go<Move::event_back>},
    Command{Section::time,
            {Key{U'J'}, none, none},
            "J",
            "Jump to a time",
            [](Session& session) { ask(session, Question::moment); }},
    Command{Section::time, {Key{U'L'}, none, none}, "L End", "Live again", go<Move::newest>},
    Command{Section::time,
            {Key{U'b'}, none, none},
            "b",
            "Time bar in the present too",
            [](Session& session) { session.time_bar = !session.time_bar; }},
};

}  // namespace

std::string_view section_title(Section section) {
    constexpr std::array<std::string_view, section_count> titles{"MAIN KEYS", "DISPLAY MODES", "ROWS", "SORTING",
                                                                 "TIME"};
    return titles[static_cast<std::size_t>(section)];
}

std::span<const Command> commands() { return table; }

const Command* command_of(Key key) {
    if (key == none) return nullptr;
    const auto found = std::ranges::find_if(
        table, [key](const Command& command) { return std::ranges::find(command.keys, key) != command.keys.end(); });
    return found == table.end() ? nullptr : &*found;
}

}  // namespace virtscope::top
