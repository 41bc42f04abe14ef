#include "top/view/event_style.h"

namespace virtscope::top {

Style style_of(EventKind kind) {
    switch (kind) {
        case EventKind::monitor_lost:
        case EventKind::ring_in_memory: return Style::critical;
        case EventKind::guest_stopped:
        case EventKind::device_removed:
        case EventKind::ticks_skipped:
        case EventKind::clock_stepped: return Style::busy;
        case EventKind::guest_started:
        case EventKind::device_added:
        case EventKind::monitor_back:
        case EventKind::ring_on_disk: return Style::good;
        case EventKind::agent_started:
        case EventKind::guest_renamed:
        case EventKind::guest_state:
        case EventKind::command:
        case EventKind::ring_notice: break;
    }
    return Style::plain;
}

}  // namespace virtscope::top
