#include "plugins/window.h"

#include "core/quantity.h"
#include "core/text.h"

namespace virtscope::checks {
namespace {

using std::chrono::nanoseconds;

constexpr nanoseconds shortest = std::chrono::seconds(1);
constexpr nanoseconds longest = std::chrono::hours(24);

// After a pause of the agent the frame a window ago may be hours old: then a nearer one is better
// than an average over the pause.
Result<FramePtr> older_frame(Snapshot& snapshot, nanoseconds wanted) {
    for (nanoseconds age = wanted; age > nanoseconds::zero(); age /= 2) {
        auto frame = snapshot.ring.before(*snapshot.frame, age);
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

}  // namespace

Result<nanoseconds> parse_window(std::string_view text) {
    const bool plain = !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
    const auto window = parse_duration(plain ? std::string(text) + "s" : std::string(text));
    if (!window || *window < shortest || *window > longest) {
        return fail(ErrorKind::malformed, "--window {}: want a duration from 1s to 24h, as in 60s or 5min", text);
    }
    return *window;
}

Result<Window> take_window(Snapshot& snapshot, nanoseconds wanted) {
    auto before = older_frame(snapshot, wanted);
    if (!before) return std::unexpected(before.error());
    Window window{.pair = FramePair(*before, snapshot.frame), .note = {}};
    window.note = note_on(wanted, nanoseconds(window.pair.interval()));
    return window;
}

}  // namespace virtscope::checks
