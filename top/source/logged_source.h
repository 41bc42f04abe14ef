// Tells the log (spdlog) what a source is asked for, what it says and how long that takes: for --debug.
#pragma once

#include <memory>

#include "top/source/scene_source.h"

namespace virtscope::top {

std::unique_ptr<SceneSource> logged(std::unique_ptr<SceneSource> source);

}  // namespace virtscope::top
