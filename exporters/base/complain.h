// What an exporter has to say to whoever runs it: "virtscope-export: …" on standard error, which is the journal's.
#pragma once

#include <string_view>

namespace virtscope::exporters {

// One line, whatever is in it.
void complain(std::string_view what);

}  // namespace virtscope::exporters
