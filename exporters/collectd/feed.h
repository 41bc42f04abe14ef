// Feed: the ring, read each interval and sent on: values at collectd's interval, events as they are, and whether the
// agent is there.
//
// Samples go out in their order, each once, with their own times: after a while in which nobody read the ring (collectd
// or the exec child was not running) what the ring still has is sent afterwards, as fast as collectd's queue keeps it in
// order. Which sample was the last is kept in Options::state_file.
//
// Not thread-safe.
#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "core/freshness.h"
#include "exporters/base/cursor.h"
#include "exporters/collectd/plan.h"
#include "exporters/collectd/sink.h"

namespace virtscope::exporters::collectd {

// Where it runs, which is what it says of itself: "collectd" in a process that is not ours, whose CPU time and memory
// say nothing of us, or "collectd-exec".
struct Place {
    std::string_view exporter;
    bool own_process;
};
inline constexpr Place in_collectd{"collectd", false}, in_exec_child{"collectd-exec", true};

class Feed {
public:
    // `hostname`: as collectd knows it. `interval`: between two samples of a series; the agent's, where that is longer.
    Feed(Options options, Filter filter, std::string hostname, std::chrono::nanoseconds interval,
         Place place = in_collectd);

    // Sends what there is. To be called once an interval; takes half of one at most, and little
    // more than a second.
    void read(Sink& sink);

private:
    void begin(Sink& sink);
    bool visit(const Frame& frame, Sink& sink);
    void send_values_of(const Frame& frame, Sink& sink);
    void plan_for(const RosterPtr& roster, Sink& sink);
    bool is_due(const Frame& frame) const;
    bool is_too_old(const Frame& frame) const;
    bool has_had_enough() const;
    std::int64_t interval_of(const Frame& frame) const;
    void tell_presence(const Result<Progress>& progress, Sink& sink);
    void tell_own(Sink& sink);
    void save(Sink& sink);
    void complain(const std::string& what, Sink& sink);

    const Options options_;
    const Filter filter_;
    const std::string hostname_;
    const std::int64_t interval_;  // ns
    const Place place_;
    std::optional<Cursor> cursor_;
    std::optional<Plan> plan_;
    FramePtr sent_;                // the last one whose values were sent
    std::optional<Frame> newest_;  // its times and the agent's own row
    std::optional<Position> saved_;
    Now now_;  // of this read
    std::uint64_t frames_sent_ = 0, samples_sent_ = 0;  // in this read
    std::uint64_t all_samples_ = 0, errors_ = 0;        // since it was made
    std::int64_t cpu_ = 0;                              // ns that it took
    std::int64_t own_turn_ = 0;                         // the interval of which it last said so, since the epoch
    bool is_away_ = false;
    std::string complaint_;  // that was told
};

}  // namespace virtscope::exporters::collectd
