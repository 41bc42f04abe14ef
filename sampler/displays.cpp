#include "sampler/displays.h"

namespace virtscope {

void fill_displays(std::span<const Slot> slots, Frame& frame) {
    for (const Slot& slot : slots) {
        if (!slot.own_displays) continue;
        std::size_t row = slot.first_display;
        for (const DisplayPlace& display : slot.place->displays) {
            frame.set(row, DisplayMetric::exposed, display.exposed ? 1 : 0);
            if (display.tls) frame.set(row, DisplayMetric::tls, *display.tls ? 1 : 0);
            if (display.password) frame.set(row, DisplayMetric::password, *display.password ? 1 : 0);
            if (display.port) frame.set(row, DisplayMetric::port, *display.port);
            ++row;
        }
    }
}

}  // namespace virtscope
