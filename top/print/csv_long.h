// The text of --csv with --csv-format long: a line a guest and tick, so that every line has the columns of the header
// whatever guests come and go; guests that are off have one too. Counts are increases over interval_s, the seconds
// since the line before; percentages have their fraction; sizes are bytes. What is not known is empty.
#pragma once

#include <string>

#include "top/options/csv_options.h"
#include "top/print/guest_choice.h"

namespace virtscope::top {

std::string csv_long_header(const CsvOptions& options);

// As many lines as guests are chosen, by ID.
std::string csv_long_rows(const Host& host, const CsvOptions& options, const GuestChoice& choice);

}  // namespace virtscope::top
