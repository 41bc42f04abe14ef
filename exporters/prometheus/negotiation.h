// What a client takes, out of its Accept and Accept-Encoding headers. They come from anybody: whatever cannot be
// understood is as if it were not there, and then the answer is what every client takes.
#pragma once

#include <string_view>

#include "exporters/prometheus/text_format.h"

namespace virtscope::exporters {

// OpenMetrics where it is taken and not less liked than the classic text; classic otherwise.
Format wanted_format(std::string_view accept);

// Whether gzip is taken.
bool takes_gzip(std::string_view accept_encoding);

}  // namespace virtscope::exporters
