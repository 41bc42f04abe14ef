// Session: what the user has chosen so far, and what a key changes in it. Knows nothing of the terminal, nor of what
// is shown: what a key means for that is worked out when the screen is composed (compose/arrange.h).
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "top/orders/menu.h"
#include "top/session/chooser.h"
#include "top/session/list_state.h"
#include "top/session/prompt.h"
#include "top/source/delay.h"
#include "top/source/move.h"
#include "top/view/list/filter.h"

namespace virtscope::top {

// A row to be found by its name; the bar goes there.
struct Search {
    std::string text;
    std::size_t from = 0;  // place to begin at
    bool backward = false;
};

struct Session {
    ViewOptions options{};
    std::chrono::nanoseconds delay = default_delay;
    View view = View::guests;
    View list = View::guests;  // the last list, or the one that is shown
    std::array<ListState, list_count> lists{};
    std::size_t pane_first = 0;         // first line of a view that is no list
    std::size_t pane_column = 0;        // how many of its columns are out to the left
    std::vector<std::string> guests{};  // globs of names: rows of these only; empty: all
    Filter filter{};
    std::set<RowMark> tagged{};
    std::optional<Subject> subject{};  // the guest under the bar, as it was last shown; none: no guests
    std::optional<Menu> menu{};
    std::optional<Prompt> prompt{};
    std::optional<Chooser> chooser{};
    std::optional<Search> search{};  // to be carried out now
    std::string last_search{};
    std::size_t searched_from = 0;       // where the bar was when the search began
    std::optional<OrderWanted> order{};  // to be given now
    std::string no_orders{};             // why there can be no menu; empty: there can
    std::string status{};                // what became of the last order
    std::string message{};               // about the last key
    bool is_fleet = false;               // several hosts are shown
    bool secure = false;                 // nothing is to be changed on this machine, nor the delay
    bool hints = true;                   // keys in the last line, where there is room
    bool time_bar = false;               // also in the present
    bool paused = false;                 // what is shown stands still
    bool quit = false;
    bool refresh = false;                  // look again now
    bool write_settings = false;           // to the init file, now
    bool in_history = false;               // what is shown is history: End leads out of it
    std::optional<Move> move{};            // go there now
    std::optional<std::int64_t> moment{};  // go to that time now, ns since the epoch

    Session();
    ListState& of_list() { return lists[static_cast<std::size_t>(list)]; }
    const ListState& of_list() const { return lists[static_cast<std::size_t>(list)]; }
};

// `page`: how many rows the screen shows.
void press(Session& session, Key key, std::size_t page);

// A click on a row, a column's title, or a hint; ClickTime is the caller's, who knows the times.
void click(Session& session, const Click& where, bool twice, std::size_t page);

void show(Session& session, View view);
// Orders the list that is shown by the column of that name, if it has one.
void order_by(Session& session, std::string_view column);

}  // namespace virtscope::top
