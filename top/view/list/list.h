// Lists: which rows there are, in which order, and the table of those that are shown. Only these are worked out in
// full and put in order: a host may have ten thousand guests.
#pragma once

#include <cstddef>
#include <functional>
#include <vector>

#include "top/view/list/column.h"
#include "top/view/table.h"

namespace virtscope::top {

struct Sorting {
    const ColumnSpec* by = nullptr;  // never null in use
    bool inverted = false;           // what is not known stays last
};

// What a list is about: its rows are those of the scene that `keep` keeps (all, if it is empty).
struct ListQuery {
    View list = View::guests;
    Sorting sorting{};
    ViewOptions options{};
    std::function<bool(const RowContext&)> keep{};
};

class List {
public:
    // `scene` must outlive it.
    List(const Scene& scene, ListQuery query);

    std::size_t size() const { return ranked_.size(); }
    bool is_fleet() const { return scene_.is_fleet(); }
    const ListQuery& query() const { return query_; }
    RowContext context(RowId row) const { return context_of(scene_, row, query_.options); }

    // Rows at the places [first, first + count) of the order; fewer if there are not that many.
    std::vector<RowId> rows(std::size_t first, std::size_t count);
    // The place of a row that is in it.
    std::size_t place_of(RowId row) const;

private:
    struct Ranked {
        double rank;
        std::string_view text;
        std::int64_t id;
        RowId row;
    };
    void add_rows_of(std::uint32_t host);
    void add(RowId row);
    Ranked ranked(RowId row) const;
    bool is_earlier(const Ranked& a, const Ranked& b) const;

    const Scene& scene_;
    ListQuery query_;
    std::vector<Ranked> ranked_;
};

// Which of a list's columns are on the screen: numbers of ColumnSet::columns.
struct ColumnWindow {
    std::vector<std::size_t> columns{};
    std::size_t first = 0;  // of those that can be scrolled, the first that is shown
    bool more_left = false;
    bool more_right = false;
};
// `first`: how many of those that can be scrolled are out to the left, at most. Whatever the width, the last column
// has some room, and one scrolled column is shown if any fits.
ColumnWindow columns_within(const Scene& scene, const ColumnSet& set, std::size_t first, std::size_t width);

// The table of some rows, with the columns of a window.
TableModel table_of(const List& list, const Scene& scene, const ColumnWindow& window, std::span<const RowId> rows);

}  // namespace virtscope::top
