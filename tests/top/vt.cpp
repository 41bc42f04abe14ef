#include "vt.h"

#include <charconv>
#include <clocale>
#include <cwchar>

#include <fmt/format.h>
#include <unistr.h>

namespace virtscope::top::test {

Vt::Vt(std::size_t rows, std::size_t columns, Width width)
    : rows_(rows), columns_(columns), width_(std::move(width)), cells_(rows * columns) {
    if (width_) return;
    std::setlocale(LC_CTYPE, "C.UTF-8");
    width_ = [](char32_t c) { return ::wcwidth(static_cast<wchar_t>(c)); };
}

void Vt::take(std::string_view bytes) {
    while (!bytes.empty() && error_.empty()) {
        if (static_cast<unsigned char>(bytes.front()) < 0x20) {
            bytes.remove_prefix(control(bytes));
            continue;
        }
        ucs4_t character = 0;
        const int length = u8_mbtoucr(&character, reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size());
        if (length <= 0) {
            error_ = fmt::format("invalid UTF-8: {:02x}", static_cast<unsigned char>(bytes.front()));
            return;
        }
        put(character);
        bytes.remove_prefix(static_cast<std::size_t>(length));
    }
}

std::size_t Vt::control(std::string_view bytes) {
    if (bytes.front() == '\n' && row_ + 1 < rows_) return ++row_, 1;
    if (bytes.front() == '\b' && column_ > 0) return --column_, 1;
    if (!bytes.starts_with("\33[")) {
        if (bytes.starts_with("\33(B")) return 3;
        error_ = fmt::format("control {:02x} {:02x}", static_cast<unsigned char>(bytes[0]),
                             bytes.size() > 1 ? static_cast<unsigned char>(bytes[1]) : 0);
        return 1;
    }
    const std::size_t end = bytes.find_first_not_of("0123456789;", 2);
    if (end == bytes.npos) {
        error_ = "a sequence without end";
        return bytes.size();
    }
    csi(bytes.substr(2, end - 2), bytes[end]);
    return end + 1;
}

void Vt::csi(std::string_view parameters, char final) {
    std::size_t first = 1;
    std::size_t second = 1;
    const auto [at, _] = std::from_chars(parameters.data(), parameters.data() + parameters.size(), first);
    const char* const end = parameters.data() + parameters.size();
    if (at != end) std::from_chars(at + 1, end, second);
    if (final == 'm') {
        look_ = parameters.empty() ? "" : look_ + ";" + std::string(parameters);
    } else if (final == 'H' && first >= 1 && first <= rows_ && second >= 1 && second <= columns_) {
        row_ = first - 1;
        column_ = second - 1;
    } else if (final == 'C' && column_ + first < columns_) {
        column_ += first;
    } else if (final == 'J' && parameters == "2") {
        cells_.assign(cells_.size(), VtCell{U' ', look_});
    } else if (final == 'K' && parameters.empty()) {
        for (std::size_t column = column_; column < columns_; ++column) set(column, U' ');
    } else {
        error_ = fmt::format("ESC [ {} {}", parameters, final);
    }
}

void Vt::put(char32_t character) {
    const int width = width_(character);
    if (width < 1) {
        error_ = fmt::format("U+{:04X} of width {}", static_cast<std::uint32_t>(character), width);
        return;
    }
    const auto columns = static_cast<std::size_t>(width);
    if (column_ + columns > columns_) {
        error_ = fmt::format("U+{:04X} written over the edge", static_cast<std::uint32_t>(character));
        return;
    }
    set(column_, character);
    if (columns == 2) set(column_ + 1, 0);
    column_ += columns;
}

// Whoever is written over by half is gone as a whole.
void Vt::set(std::size_t column, char32_t character) {
    VtCell* const row = cells_.data() + row_ * columns_;
    if (row[column].character == 0 && character != 0) row[column - 1].character = U' ';
    if (column + 1 < columns_ && row[column + 1].character == 0) row[column + 1].character = U' ';
    row[column] = {character, look_};
}

std::string Vt::line(std::size_t row) const {
    std::string out;
    for (std::size_t column = 0; column < columns_; ++column) {
        std::uint8_t bytes[6];
        const char32_t character = cell(row, column).character;
        const int length = character == 0 ? 0 : u8_uctomb(bytes, character, sizeof bytes);
        out.append(reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(length));
    }
    out.erase(out.find_last_not_of(' ') + 1);
    return out;
}

}  // namespace virtscope::top::test
