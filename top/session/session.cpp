#include "top/session/session.h"

#include <algorithm>
#include <type_traits>

#include "core/clock.h"
#include "core/time_text.h"
#include "top/session/commands.h"

namespace virtscope::top {
namespace {

void answer_delay(Session& session, const std::string& typed) {
    if (typed.empty()) return;
    const auto delay = parse_delay(typed);
    if (!delay) {
        session.message = delay.error().message;
        return;
    }
    session.delay = *delay;
    session.refresh = true;
}

void answer_moment(Session& session, const std::string& typed) {
    if (typed.empty()) return;
    const auto moment = parse_time(typed, clock_ns(CLOCK_REALTIME));
    if (moment)
        session.moment = *moment;
    else
        session.message = moment.error().message;
}

// While it is typed what is wrong is not told: it may be half of what is right.
void filter_by(Session& session, const std::string& typed, bool finished) {
    auto filter = Filter::parse(typed);
    if (filter)
        session.filter = std::move(*filter);
    else if (finished)
        session.message = filter.error().message;
}

void search_for(Session& session, const std::string& typed) {
    session.last_search = typed;
    if (!typed.empty()) session.search = Search{typed, session.searched_from};
}

void answered(Session& session, const Prompt& prompt) {
    switch (prompt.question) {
        case Question::delay: return answer_delay(session, prompt.typed);
        case Question::moment: return answer_moment(session, prompt.typed);
        case Question::filter: return filter_by(session, prompt.typed, true);
        case Question::search: return search_for(session, prompt.typed);
    }
}

void press_prompt(Session& session, Key key) {
    Prompt& prompt = *session.prompt;
    switch (press(prompt, key)) {
        case Typed::more:
            if (prompt.question == Question::filter) filter_by(session, prompt.typed, false);
            if (prompt.question == Question::search) search_for(session, prompt.typed);
            return;
        case Typed::left: break;
        case Typed::done: answered(session, prompt); break;
    }
    session.prompt.reset();
}

void press_menu(Session& session, Key key) {
    MenuStep step = press(*session.menu, key);
    session.message = std::move(step.message);
    session.order = std::move(step.order);
    if (step.closes) session.menu.reset();
}

// False: not a key that scrolls what is no list.
bool scroll_pane(Session& session, Key key, std::size_t page) {
    std::size_t& first = session.pane_first;
    switch (key) {
        case Key::up: first -= std::min<std::size_t>(first, 1); return true;
        case Key::down: ++first; return true;
        case Key::page_up: first -= std::min(first, page); return true;
        case Key::page_down: first += page; return true;
        case Key::home: first = 0; return true;
        case Key::left: session.pane_column -= std::min<std::size_t>(session.pane_column, 1); return true;
        case Key::right: ++session.pane_column; return true;
        case Key::end: first = unlimited / 2; return true;
        default: return false;
    }
}

bool move(Session& session, Key key, std::size_t page) {
    if (key == Key::end && session.in_history) {
        session.move = Move::newest;
        return true;
    }
    if (!is_list(session.view)) return scroll_pane(session, key, page);
    ListState& list = session.of_list();
    if (key == Key::left) list.first_column -= std::min<std::size_t>(list.first_column, 1);
    if (key == Key::right) ++list.first_column;
    return key == Key::left || key == Key::right || move_bar(list, key, page);
}

}  // namespace

Session::Session() {
    for (std::size_t i = 0; i < list_count; ++i) lists[i].sorting.by = &usual_order(static_cast<View>(i));
}

void show(Session& session, View view) {
    session.view = view;
    session.pane_first = 0;
    session.pane_column = 0;
    if (is_list(view)) session.list = view;
}

void order_by(Session& session, std::string_view column) {
    const ColumnSpec* const by = column_by_name(session.list, column);
    if (by == nullptr) return;
    Sorting& sorting = session.of_list().sorting;
    sorting = {by, sorting.by == by && sorting.inverted};
}

void press(Session& session, Key key, std::size_t page) {
    session.message.clear();
    session.status.clear();
    if (session.prompt) return press_prompt(session, key);
    if (session.view == View::help) {
        if (!scroll_pane(session, key, page)) show(session, session.list);
        return;
    }
    if (session.chooser) {
        if (!press(*session.chooser, session.of_list(), key)) session.chooser.reset();
        return;
    }
    if (session.menu) return press_menu(session, key);
    if (move(session, key, page)) return;
    if (const Command* const command = command_of(key)) command->run(session);
}

void click(Session& session, const Click& where, bool twice, std::size_t page) {
    if (const Key* key = std::get_if<Key>(&where)) return press(session, *key, page);
    if (session.prompt || session.menu || session.chooser) return;
    if (const auto* row = std::get_if<ClickRow>(&where)) {
        ListState& list = session.of_list();
        list.selected = row->place;
        list.follows = true;
        list.bar.reset();
        if (twice) press(session, Key::enter, page);
    }
    const auto* title = std::get_if<ClickColumn>(&where);
    if (title == nullptr) return;
    const ColumnSet set = columns_of(session.list, session.is_fleet);
    if (title->column >= set.columns.size()) return;
    Sorting& sorting = session.of_list().sorting;
    const ColumnSpec* const by = set.columns[title->column];
    sorting = {by, sorting.by == by && !sorting.inverted};
}

}  // namespace virtscope::top
