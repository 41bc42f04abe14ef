// What a session begins with, and what of it key W keeps for the next one.
#pragma once

#include <string>
#include <vector>

#include "top/options/options.h"
#include "top/options/save_init_file.h"
#include "top/session/session.h"

namespace virtscope::top {

Session session_of(const Options& options);

// As the init file has them: what keys have changed, and the connections in use.
std::vector<SavedSetting> settings_of(const Options& options, const Session& session);

// Key W: writes them to the init file. A line for the screen: what was written where, or why not.
std::string save_settings(const Options& options, const Session& session);

}  // namespace virtscope::top
