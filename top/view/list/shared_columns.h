// Columns that several lists have.
#pragma once

#include "top/view/list/column.h"

namespace virtscope::top {

// A title that is the same whatever the options.
template <std::size_t N>
struct Literal {
    constexpr Literal(const char (&given)[N]) { std::copy_n(given, N, text); }  // NOLINT(google-explicit-constructor)
    char text[N]{};
};
template <Literal title>
std::string_view titled(const ViewOptions& /*options*/) {
    return {title.text, sizeof title.text - 1};
}

std::optional<double> number(std::optional<std::uint64_t> value);

extern const ColumnSpec host_column;
extern const ColumnSpec id_column;
extern const ColumnSpec state_column;
extern const ColumnSpec domain_column;  // the guest's name, in lists of devices

// "(name)" where the guest is off; printable.
std::string guest_name_cell(const RowContext& row);

// The style of a share of something that should not be used up: percent.
Style style_of_share(std::optional<double> percent, double busy, double critical);

}  // namespace virtscope::top
