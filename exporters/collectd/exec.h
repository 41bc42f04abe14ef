// `virtscope-export collectd-exec`: for hosts whose collectd loads no plugin of ours. A child of collectd's exec plugin
// that sends the same values and notifications over standard output.
#pragma once

#include "exporters/exporter.h"

namespace virtscope::exporters::collectd {

Run declare_exec(CLI::App& app);

}  // namespace virtscope::exporters::collectd
