// Writes generated files into a folder of a monitoring system that may read them at any moment.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "agent/ctl/monitor_text.h"
#include "core/result.h"

namespace virtscope {

enum class Written { anew, replaced, unchanged, kept };

// The content of the folder's file; empty if there is none. Errors: system and so on, with its name.
Result<std::string> content_of(const std::string& folder, std::string_view name);

// Each file appears whole under its name or not at all; what it replaces stays as NAME.old. An editable file that somebody
// has changed is kept, unless `force`. Nothing is replaced before all could be written to the disk. Answers what became of
// each file, in their order.
Result<std::vector<Written>> write_files(const std::string& folder, const std::vector<ConfigFile>& files, bool force);

}  // namespace virtscope
