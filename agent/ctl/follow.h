// `virtscope events --follow`.
#pragma once

#include <cstdint>
#include <optional>

#include "agent/ctl/commands.h"
#include "core/ring/reader.h"

namespace virtscope {

// Prints events as they come, from `from` (realtime ns) on or, without one, those after `newest` (null: the
// ring is empty), until SIGINT, SIGTERM or nobody reads standard output any more. Answers an exit code.
int follow_events(RingReader& reader, const FramePtr& newest, std::optional<std::int64_t> from,
                  std::optional<Uuid> guest, Format format);

}  // namespace virtscope
