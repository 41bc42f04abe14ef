// Row: a guest or a device of one, on one of the hosts of a scene.
#pragma once

#include <compare>
#include <cstdint>

#include "top/source/scene.h"
#include "top/view/views.h"

namespace virtscope::top {

struct RowId {
    std::uint32_t host = 0;   // its place in the scene
    std::uint32_t guest = 0;  // its row in the guests' table
    std::uint32_t row = 0;    // in the table of the list's scope; the guest's own in the list of guests

    auto operator<=>(const RowId&) const = default;
};

// All that a column needs for its cell.
struct RowContext {
    const Host& host;
    RowId id;
    const ViewOptions& options;

    const FramePair& pair() const { return host.picture.pair; }
    const Frame& frame() const { return host.picture.frame(); }
    const RosterGuest& guest() const { return frame().roster->guests[id.guest]; }
    const RosterInstance& device(Scope scope) const { return frame().roster->instances(scope)[id.row]; }
};

inline RowContext context_of(const Scene& scene, RowId id, const ViewOptions& options) {
    return {scene.hosts[id.host], id, options};
}

}  // namespace virtscope::top
