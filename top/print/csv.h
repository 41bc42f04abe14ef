// The text of --csv: virt-top's columns, a header line and a line each tick with the active guests' columns
// repeated by ID. Counts of CPU, block and net are increases since the line before, as virt-top's are;
// "Mem (bytes)" is in KiB and %Mem a whole number, as virt-top's are. What is not known is empty.
#pragma once

#include <string>
#include <string_view>

#include "top/source/picture.h"

namespace virtscope::top {

std::string csv_header(bool block_bytes);
// `host`: its label among several; empty: the host's own name.
std::string csv_row(const Picture& picture, bool block_bytes, std::string_view host = {});

// Quoted where RFC 4180 wants it. Line breaks stay, all other control characters become '?'.
std::string csv_field(std::string_view text);

// OCaml's string_of_float, which virt-top prints CPU figures with: "4750000.", "0.161926708107".
std::string ocaml_float(double value);

}  // namespace virtscope::top
