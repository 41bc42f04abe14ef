// The text of --csv: virt-top's columns, a header line and a line each tick with the active guests' columns
// repeated by ID. Counts of CPU, block and net are increases since the line before, as virt-top's are;
// "Mem (bytes)" is in KiB and %Mem a whole number, as virt-top's are. What is not known is empty; a guest that is seen
// for the first time has zeros for CPU and memory, as in virt-top's first line.
#pragma once

#include <string>

#include "top/options/csv_options.h"
#include "top/print/guest_choice.h"

namespace virtscope::top {

std::string csv_header(const CsvOptions& options);
std::string csv_row(const Host& host, const CsvOptions& options, const GuestChoice& choice);

// Whether a guest was not there in the picture before, or there was none.
bool is_new_guest(const FramePair& pair, std::size_t guest);

}  // namespace virtscope::top
