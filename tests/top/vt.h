// Vt: a terminal for tests: takes the bytes that programs write and knows what it would show. What it does not know,
// or what would change more than cells, is an error.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace virtscope::top::test {

struct VtCell {
    char32_t character = U' ';  // 0: right half of a wide one
    std::string look{};         // parameters of the last ESC [ … m

    bool operator==(const VtCell&) const = default;
};

class Vt {
public:
    using Width = std::function<int(char32_t)>;

    // `width`: what this terminal believes of characters; none: wcwidth(3).
    Vt(std::size_t rows, std::size_t columns, Width width = {});

    void take(std::string_view bytes);
    const VtCell& cell(std::size_t row, std::size_t column) const { return cells_[row * columns_ + column]; }
    std::string line(std::size_t row) const;  // UTF-8, no blanks at the end
    const std::string& error() const { return error_; }

private:
    std::size_t control(std::string_view bytes);
    void csi(std::string_view parameters, char final);
    void put(char32_t character);
    void set(std::size_t column, char32_t character);

    std::size_t rows_, columns_;
    Width width_;
    std::vector<VtCell> cells_;
    std::size_t row_ = 0, column_ = 0;
    std::string look_;
    std::string error_;
};

}  // namespace virtscope::top::test
