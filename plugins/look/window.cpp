#include "plugins/look/window.h"

#include "core/text.h"
#include "plugins/look/snapshot.h"

namespace virtscope::checks {
namespace {

using std::chrono::nanoseconds;

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

}  // namespace

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
