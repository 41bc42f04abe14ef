// Lines of collectd's plain text protocol, as its exec plugin reads them: PUTVAL and PUTNOTIF, each ended by "\n" and
// shorter than the 1200 bytes that it takes.
#pragma once

#include <string>

#include "exporters/collectd/sink.h"

namespace virtscope::exporters::collectd {

void append_putval(std::string& out, const Sample& sample);
void append_putnotif(std::string& out, const Notification& notification);

}  // namespace virtscope::exporters::collectd
