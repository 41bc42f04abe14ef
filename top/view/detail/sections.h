// The sections of the details of a guest; each is made for a width and begins with its title. For detail.cpp.
#pragma once

#include "top/view/detail/detail.h"
#include "top/view/detail/pane.h"

namespace virtscope::top {

// The guest in that row of the picture.
struct GuestNow {
    const Picture& picture;
    std::size_t row = 0;
    CpuScale cpu{};

    const Frame& frame() const { return picture.frame(); }
    const RosterGuest& who() const { return frame().roster->guests[row]; }
};

Line name_line(const GuestNow& guest, std::size_t width);
// CPU, steal, disk, network and memory in a line, as much as fits.
Line summary_line(const GuestNow& guest, std::size_t width);

Lines identity_section(const GuestNow& guest, std::size_t width);
Lines cpu_section(const GuestNow& guest, std::size_t width);
Lines memory_section(const GuestNow& guest, std::size_t width);
Lines disks_section(const GuestNow& guest, std::size_t width);
Lines nics_section(const GuestNow& guest, std::size_t width);
Lines events_section(const DetailData& data, std::size_t width);

// Graphs come in pairs of what belongs together, what matters most first.
struct GraphPlan {
    std::string_view title{};
    std::size_t first = 0, count = 6;  // pairs
    std::size_t rows = 4;              // of each graph, its title included
    bool unicode = true;
};
inline constexpr std::size_t graph_pairs = 6;
// How many columns the dots of a graph get in that width.
std::size_t graph_columns(std::size_t width);
Lines graphs_section(const DetailData& data, std::size_t width, const GraphPlan& plan);

}  // namespace virtscope::top
