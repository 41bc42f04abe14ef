// What --compat inovex says that is no column of a table: whether all is well, states and infos in the original's
// words.
#pragma once

#include "exporters/prometheus/inovex.h"

namespace virtscope::exporters {

void write_inovex_words(const PageWriter& writer, const Frame& frame, const Census& census, const InovexTexts& texts);

}  // namespace virtscope::exporters
