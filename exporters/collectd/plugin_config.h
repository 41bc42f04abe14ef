// <Plugin virtscope> of collectd.conf.
#pragma once

#include "core/result.h"
#include "exporters/collectd/daemon.h"
#include "exporters/collectd/options.h"
#include "exporters/collectd/sink.h"

namespace virtscope::exporters::collectd {

// Adds what a block says to `options`; collectd calls once a block. An option that is not known is told of and passed
// over. Errors: malformed: what would send other values than was meant.
Result<> configure(Options& options, const oconfig_item_t& block, Sink& log);

}  // namespace virtscope::exporters::collectd
