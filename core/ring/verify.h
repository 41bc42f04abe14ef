// What is wrong with a file that should be a ring or a recording, and how much of it can be read.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/result.h"

namespace virtscope {

enum class Condition {
    whole,
    damaged,     // a ring; parts of it cannot be read
    unreadable,  // absent, denied, or the disk fails
    no_ring,
    cut_short,  // a ring; the file is shorter than it says
    other_version,
    other_byte_order,
    other_catalogue,
    contradictory,  // a ring once; its header is damaged or lies
    unfinished,     // empty, or being made
};
// "whole", "damaged", "unreadable", "not-a-ring", "cut-short", …: for programs.
std::string_view condition_name(Condition condition);

struct Verdict {
    Condition condition = Condition::whole;
    std::string problem;  // one line that names the file; empty where it is whole
    bool recording = false;
    std::uint64_t bytes = 0;             // of the file
    std::uint32_t version = 0;           // of the format, as the file says
    std::uint64_t frames = 0;            // that can be read
    std::uint64_t frames_told = 0;       // at least so many there were, what a ring overwrote left aside
    std::uint64_t values = 0;            // in those that can be read
    std::uint64_t damaged = 0;           // places
    std::int64_t from = 0, to = 0;       // realtime ns, if there are frames
    bool given_up = false;               // it asks for more work than a ring of its size can
    std::optional<std::int64_t> writer;  // the process that has it open to write, if that is to be seen
};

// Reads all of the file and decodes each frame. Changes nothing and takes no lock; a ring may be written meanwhile.
// Takes time and memory in proportion to the file, whatever is in it.
Verdict examine_ring(const std::string& path);

}  // namespace virtscope
