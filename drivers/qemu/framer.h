// Framer: cuts a monitor's byte stream into JSON objects.
//
// QMP ends each message with CRLF but may also print it over many lines (-qmp-pretty), and a read
// returns any piece of the stream. So objects are found by their brackets, strings and escapes
// respected, never by lines. Size and depth are bounded while bytes arrive: a monitor that sends
// endless or deeply nested text is a fault of that guest, and costs at most the limit.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "core/result.h"

namespace virtscope::qemu {

inline constexpr std::size_t max_message_bytes = std::size_t{4} << 20;
inline constexpr int max_message_depth = 32;

class Framer {
public:
    // Appends what was read.
    void feed(std::string_view bytes);

    // The next whole message, without what surrounds it; valid until the next feed(). None: more
    // bytes are needed. Errors (malformed) are final: the stream has lost its frame.
    Result<std::optional<std::string_view>> next();

private:
    Result<bool> scan();

    std::string buffer_;
    std::size_t start_ = 0;    // of the message being scanned
    std::size_t scanned_ = 0;  // bytes looked at
    int depth_ = 0;
    bool in_string_ = false;
    bool escaped_ = false;
};

}  // namespace virtscope::qemu
