// How it is told that a hypervisor does not answer: what was asked, and since when or for how long.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace virtscope {

// "query-blockstats not answered for 1.2 s"; ns. For an event.
std::string unanswered_for(std::string_view question, std::int64_t waited);

// "query-blockstats not answered since 2026-11-26T16:30:12Z"; ns since the epoch. For a note, which stands as long as
// nothing is answered.
std::string unanswered_since(std::string_view question, std::int64_t realtime);

}  // namespace virtscope
