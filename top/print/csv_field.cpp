#include "top/print/csv_field.h"

#include <algorithm>

#include <fmt/format.h>

#include "core/text.h"

namespace virtscope::top {

std::string csv_field(std::string_view raw) {
    std::string field;
    bool quote = false;
    for (std::size_t at = 0; at <= raw.size();) {
        const std::size_t stop = std::min(raw.find_first_of("\",\r\n", at), raw.size());
        field += printable(raw.substr(at, stop - at), raw.size());
        if (stop < raw.size()) {
            quote = true;
            field.append(raw[stop] == '"' ? 2 : 1, raw[stop]);
        }
        at = stop + 1;
    }
    // A blank at an end would be lost to readers that trim.
    if (!field.empty() && (field.front() == ' ' || field.back() == ' ')) quote = true;
    return quote ? "\"" + field + "\"" : field;
}

std::string csv_number(std::optional<std::uint64_t> value) { return value ? fmt::format("{}", *value) : std::string(); }

std::string ocaml_float(double value) {
    std::string digits = fmt::format("{:.12g}", value);
    if (digits.find_first_not_of("-0123456789") == std::string::npos) digits += '.';
    return digits;
}

}  // namespace virtscope::top
