// Stepper: frames in, steps out. A step ends at each multiple of its length since the epoch; its values are known once
// a frame at or after its end is there.
//
// It follows who is who: over restarts of a guest, replugged devices, a name that passes to another guest, reboots, a
// clock that is set, and gaps. Where counters do not continue, the step is marked as one that begins anew, and RRDtool
// is told so: no rate over such a seam, be it negative or just wrong. Time that was there already (the clock went
// back) is left out and counted.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "exporters/base/census.h"
#include "exporters/base/position.h"
#include "exporters/rrd/layout.h"
#include "exporters/rrd/series.h"

namespace virtscope::exporters::rrd {

struct StepValue {
    Series* series = nullptr;
    bool anew = false;                  // what the file had before is not continued
    std::size_t begin = 0, length = 0;  // in Step::text: ":12:U:3"
};

struct Step {
    std::int64_t end = 0;  // s since the epoch
    std::string text;
    std::vector<StepValue> values;   // only of files of which something is known
    std::optional<Position> resume;  // who begins after this frame comes to the same end of the step with all it takes
};

class Stepper {
public:
    struct Options {
        std::chrono::seconds step{10};
        std::chrono::seconds heartbeat{20};  // readings further apart than this do not belong together
    };
    Stepper(const Options& options, Layout layout, Filter filter);

    // The steps that end with this frame or before it, oldest first. They are valid until the next call.
    std::vector<Step> take(const Frame& frame);

    std::uint64_t frames_in_the_past() const { return past_; }
    std::vector<std::string> listed_paths() const;

private:
    void change_roster(const Frame& frame);
    void forget_old(std::int64_t now);
    bool interrupted(const Frame& frame) const;
    std::int64_t longest_gap(const Frame& frame) const;
    void interrupt();
    void close_steps(const Frame& frame, bool continues, std::vector<Step>& steps);
    Step close(const Frame& frame, std::int64_t boundary);
    void read_gauges(const Frame& frame);
    void read_counters(const Frame& frame);
    void restart_with_the_agent(const Frame& frame);

    struct Moment {
        std::int64_t realtime = 0, monotonic = 0;
        Position position;
    };

    Options options_;
    Layout layout_;
    Filter filter_;
    std::int64_t step_;  // ns
    RosterPtr roster_;
    std::unordered_map<std::string, std::unique_ptr<Series>> series_;  // by path
    std::vector<Series*> listed_;
    std::optional<Moment> last_;
    std::optional<Position> before_last_;
    std::int64_t closed_ = 0;  // ns: the last end that was passed
    std::uint64_t agent_start_ = 0;
    std::uint64_t past_ = 0;
};

}  // namespace virtscope::exporters::rrd
