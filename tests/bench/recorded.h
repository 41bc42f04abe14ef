// A recording in memory, and larger hosts made of it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/frame.h"
#include "core/result.h"

namespace virtscope::bench {

// All frames of a ring file that have the roster of its newest one.
Result<std::vector<FramePtr>> load(const std::string& path);

// The guests with the most CPU time over the recording, a tenth of all (at least one), by index.
std::vector<std::size_t> busiest_tenth(const std::vector<FramePtr>& frames);

// A roster of these guests of another, by index, each as often as it is named; copies have identities of their own.
RosterPtr some_of(const Roster& all, const std::vector<std::size_t>& guests);
// `count` guests: all of them over and over.
std::vector<std::size_t> over_and_over(const Roster& all, std::size_t count);

// A host that goes through the recording again and again, its counters growing on.
class Host {
public:
    Host(std::vector<FramePtr> frames, const std::vector<std::size_t>& guests);
    // The frame of second `number`, from 0 on.
    void fill(std::uint64_t number, Frame& out) const;

private:
    void copy_row(const Frame& from, Scope scope, std::size_t row, std::uint64_t lap, Table& out, std::size_t to) const;

    std::vector<FramePtr> frames_;
    std::vector<std::size_t> guests_;
    RosterPtr roster_;
};

// CPU time of this thread, seconds.
double cpu_seconds();

}  // namespace virtscope::bench
