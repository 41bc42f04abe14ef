#include "top/terminal/painter.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>
#include <unistr.h>

namespace virtscope::top {
namespace {

// Terminals know characters of different years of Unicode: where they might take another one's width, the cursor is
// placed anew behind it, so that nothing that follows is shifted. Latin, lines, blocks and braille are safe.
bool has_sure_width(char32_t c) {
    return c < 0x300 || (c >= 0x2500 && c <= 0x259f) || (c >= 0x2800 && c <= 0x28ff) || (c >= 0x2190 && c <= 0x2193);
}

void append(std::string& out, char32_t character) {
    if (character < 0x80) return out.push_back(static_cast<char>(character));
    std::uint8_t bytes[6];
    const int length = u8_uctomb(bytes, character, sizeof bytes);
    if (length > 0) out.append(reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(length));
}

bool is_blank(const Cell& cell) { return cell == Cell{}; }

// Where nothing but blanks follow.
std::size_t end_of_text(const Cell* row, std::size_t columns) {
    while (columns > 0 && is_blank(row[columns - 1])) --columns;
    return columns;
}

}  // namespace

std::string Painter::clear(Size size, Grid& shown) {
    look_.reset();
    turn_on(0);
    out_ += able_.clear;
    cursor_ = Place{0, 0};
    shown = Grid(size, looks_.blank_is_cleared() ? 0 : Cell::unknown);
    return std::exchange(out_, {});
}

std::string Painter::change(Grid& shown, const Grid& wanted) {
    const Size size = wanted.size();
    for (std::size_t row = 0; row < size.rows; ++row) change_row(shown.row(row), wanted.row(row), row, size);
    shown = wanted;
    return std::exchange(out_, {});
}

void Painter::change_row(const Cell* shown, const Cell* wanted, std::size_t row, Size size) {
    std::size_t end = size.columns;
    if (!able_.last_cell && row + 1 == size.rows) --end;
    constexpr std::ptrdiff_t worth_it = 4;
    const std::size_t text_end = std::min(end_of_text(wanted, size.columns), end);
    const auto blanks = [&](const Cell& cell) { return !is_blank(cell); };
    const bool clears = looks_.blank_is_cleared() && !able_.clear_to_end.empty() &&
                        std::count_if(shown + text_end, shown + end, blanks) > worth_it;
    for (std::size_t at = 0; at < (clears ? text_end : end); ++at) {
        if (wanted[at] == shown[at] || wanted[at].character == 0) continue;
        go_along(wanted, {row, at});
        write(wanted, {row, at}, size.columns);
    }
    if (clears) clear_rest({row, text_end});
}

// A column of cells that change is written downwards, which a step down and some back make much shorter.
std::string Painter::way_to(Place place) const {
    constexpr std::size_t most_back = 4;
    const bool near = cursor_ && (place.row == cursor_->row || place.row == cursor_->row + 1);
    if (near && able_.steps && place.column <= cursor_->column && cursor_->column - place.column <= most_back) {
        return std::string(place.row - cursor_->row, '\n') + std::string(cursor_->column - place.column, '\b');
    }
    if (near && able_.ansi_right && place.row == cursor_->row && place.column > cursor_->column) {
        return fmt::format("\33[{}C", place.column - cursor_->column);
    }
    return able_.move_to(place.row, place.column);
}

void Painter::go_to(Place place) {
    if (cursor_ == place) return;
    out_ += way_to(place);
    cursor_ = place;
}

void Painter::go_along(const Cell* wanted, Place place) {
    constexpr std::size_t shorter = 5;
    if (!cursor_ || cursor_->row != place.row || cursor_->column > place.column) return go_to(place);
    const std::size_t from = cursor_->column;
    const bool same = std::all_of(wanted + from, wanted + place.column, [&](const Cell& cell) {
        return cell.look == look_ && cell.character >= U' ' && cell.character < 0x7f;
    });
    if (!same || place.column - from > shorter) return go_to(place);
    for (std::size_t at = from; at < place.column; ++at) append(out_, wanted[at].character);
    cursor_ = place;
}

void Painter::turn_on(std::uint8_t look) {
    if (look_ == look) return;
    out_ += looks_.bytes(look);
    look_ = look;
}

void Painter::write(const Cell* wanted, Place place, std::size_t columns) {
    const Cell& cell = wanted[place.column];
    const bool wide = place.column + 1 < columns && wanted[place.column + 1].character == 0;
    turn_on(cell.look);
    // Whoever takes it for a narrow one shows a blank beside it, not what was there.
    if (wide) {
        out_ += "  ";
        cursor_.reset();
        go_to(place);
    }
    append(out_, cell.character);
    const std::size_t next = place.column + 1;
    cursor_ = Place{place.row, next};
    // At the edge it depends on the terminal where the cursor is.
    if (wide || next == columns || !has_sure_width(cell.character)) cursor_.reset();
}

void Painter::clear_rest(Place place) {
    go_to(place);
    turn_on(0);
    out_ += able_.clear_to_end;
}

}  // namespace virtscope::top
