// collectd's own headers, as C++ can have them.
#pragma once

extern "C" {
#include <collectd/core/daemon/collectd.h>
#include <collectd/core/daemon/globals.h>
#include <collectd/core/daemon/plugin.h>
}

// Macros that hide names of ours.
#undef DEBUG
#undef ERROR
#undef INFO
#undef NOTICE
#undef WARNING
