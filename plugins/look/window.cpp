#include "plugins/look/window.h"

#include "core/quantity.h"
#include "core/text.h"
#include "plugins/look/snapshot.h"

namespace virtscope::checks {
namespace {

using std::chrono::nanoseconds;

constexpr nanoseconds shortest = std::chrono::seconds(1);
constexpr nanoseconds longest = std::chrono::hours(24);

// After a pause of the agent the frame a window ago may be hours old: then a nearer one is better
// than an average over the pause.
Result<FramePtr> older_frame(Snapshot& snapshot, nanoseconds wanted) {
    for (nanoseconds age = wanted; age > nanoseconds::zero(); age /= 2) {
        auto frame = snapshot.ring.before(*snapshot.frame, age, age / 4);
        if (!frame || !*frame) return frame;
        if (snapshot.frame->monotonic - (*frame)->monotonic <= 2 * wanted.count()) return frame;
        if (age < std::chrono::milliseconds(50)) break;
    }
    return FramePtr();
}

std::string note_on(nanoseconds wanted, nanoseconds got) {
    if (got == nanoseconds::zero()) return "only one sample so far: no rates yet";
    if (got >= wanted * 9 / 10 && got <= wanted * 3 / 2) return {};
    return fmt::format("rates are over {} instead of {}: the ring has no samples for that", human_duration(got.count()),
                       human_duration(wanted.count()));
}

// What Nagios' people write: m is minutes here, and a bare number seconds.
std::string in_full(std::string_view text) {
    std::string full(text);
    if (full.empty()) return full;
    if (full.find_first_not_of("0123456789") == std::string::npos) return full + "s";
    const bool minutes = full.back() == 'm' && full.find_first_not_of("0123456789.") == full.size() - 1;
    return minutes ? full + "in" : full;
}

}  // namespace

Result<nanoseconds> parse_window(std::string_view text) {
    const auto window = parse_duration(in_full(text));
    if (!window || *window < shortest || *window > longest) {
        return fail(ErrorKind::malformed, "--window {}: want a duration from 1s to 24h, as in 60s, 5m or 1h", printable(text, 40));
    }
    return *window;
}

Result<const Window*> take_window(Snapshot& snapshot, nanoseconds wanted) {
    if (!snapshot.window || snapshot.window->wanted != wanted) {
        auto before = older_frame(snapshot, wanted);
        if (!before) return std::unexpected(before.error());
        FramePair pair(*before, snapshot.frame);
        std::string note = note_on(wanted, nanoseconds(pair.interval()));
        snapshot.window = Window{.wanted = wanted, .pair = std::move(pair), .note = std::move(note)};
    }
    return &*snapshot.window;
}

}  // namespace virtscope::checks
