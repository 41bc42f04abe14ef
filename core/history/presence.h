// Who was there, over a range: a guest that is gone by now can still be asked about by its name.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "core/ring/reader.h"

namespace virtscope {

struct Presence {
    Uuid uuid;
    std::string name;                // the last one it had
    std::vector<std::string> names;  // all it had
    std::int64_t from = 0, to = 0;   // realtime ns of the first and the last frame with it
};

// Every guest of the range, in the order of their first frames. Errors: those of RingReader.
Result<std::vector<Presence>> guests_in(RingReader& reader, const TimeRange& range);

// The one with that UUID, or the only one that ever had exactly that name in the range. Errors: absent;
// busy where several had it, with their UUIDs; those of RingReader.
Result<Presence> find_guest_in(RingReader& reader, const TimeRange& range, std::string_view name_or_uuid);

}  // namespace virtscope
