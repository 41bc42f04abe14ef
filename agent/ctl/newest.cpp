#include "agent/ctl/newest.h"

#include "core/ring/reader.h"

namespace virtscope {

Result<FramePair> newest_pair(const std::string& ring) {
    auto reader = RingReader::open(ring);
    if (!reader) return std::unexpected(reader.error());
    const auto now = reader->newest();
    if (!now) return std::unexpected(now.error());
    // A second of history is enough for a listing; a missing one only leaves the rates unknown.
    const auto before = reader->before(**now, std::chrono::seconds(1));
    return FramePair(before ? *before : nullptr, *now);
}

}  // namespace virtscope
