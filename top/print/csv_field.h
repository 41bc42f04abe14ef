// Fields of CSV files.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace virtscope::top {

// Quoted where RFC 4180 wants it. Line breaks stay, all other control characters become '?'.
std::string csv_field(std::string_view text);

// What is not known is empty.
std::string csv_number(std::optional<std::uint64_t> value);

// OCaml's string_of_float, which virt-top prints CPU figures with: "4750000.", "0.161926708107".
std::string ocaml_float(double value);

}  // namespace virtscope::top
