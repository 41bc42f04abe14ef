// What arrives at the control socket and at its client: what parses must come back the same from a second trip.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "orders/wire.h"

using namespace virtscope::control;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view line(static_cast<const char*>(static_cast<const void*>(data)), size);
    if (const auto wish = parse_wish(line)) {
        const std::string once = wish_line(*wish);
        const auto again = parse_wish(once);
        if (!again || wish_line(*again) != once) std::abort();
    }
    if (const auto reply = parse_reply(line)) {
        const std::string once = reply_line(*reply);
        const auto again = parse_reply(once);
        if (!again || reply_line(*again) != once) std::abort();
    }
    if (const auto progress = parse_progress(line)) {
        if (!parse_progress(progress_line(progress->done, progress->total))) std::abort();
    }
    return 0;
}
