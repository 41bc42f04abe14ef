// What does not change while the host is up: its name, boot, architecture, kernel.
#pragma once

#include <string>

#include "core/roster.h"

namespace virtscope {

// `proc`: root of procfs. The hypervisor is left empty: the drivers know it.
RosterHost read_host_facts(const std::string& proc);

}  // namespace virtscope
