// Pictures from a sampler that is open already (source.h opens one).
#pragma once

#include "sampler/sampler.h"
#include "top/source/source.h"

namespace virtscope::top {

Result<std::unique_ptr<FrameSource>> sampler_source(std::unique_ptr<Sampler> sampler, std::string notice,
                                                    std::chrono::nanoseconds strip_step = default_strip_step);

}  // namespace virtscope::top
