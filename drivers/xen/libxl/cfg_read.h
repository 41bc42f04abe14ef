// A guest from a configuration like xl's. Which keys there are is in docs/xen-lifecycle.md.
#pragma once

#include <string_view>

#include "drivers/xen/libxl/cfg.h"
#include "drivers/xen/libxl/config.h"

namespace virtscope::libxl {

// A guest without a UUID gets one. Errors: malformed, unsupported (a key that is not known), both with the line.
Result<Config> read_cfg(std::string_view text);

// cfg_devices.cpp
void read_cfg_devices(Cfg& cfg, libxl_domain_config& to);
void read_cfg_display(Cfg& cfg, libxl_domain_config& to);  // vnc of HVM, vfb of PV and PVH

}  // namespace virtscope::libxl
