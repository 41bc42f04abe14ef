// Move: a way through time, from the moment that is shown to another one.
#pragma once

#include <cstdint>

namespace virtscope::top {

enum class Move : std::uint8_t {
    back,  // one frame
    forward,
    minute_back,
    minute_forward,
    event_back,  // to the nearest frame in which something happened
    event_forward,
    oldest,
    newest,  // of a ring that is being written: to the present, which moves on by itself
    onward,  // one delay further, with rates since the picture before: for output without a gap
};

}  // namespace virtscope::top
