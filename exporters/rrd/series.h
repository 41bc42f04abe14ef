// Series: one file's values on the way from frames to steps. RRDtool gets one value a source and step, true at the
// step's very end, so that it has nothing to spread over steps itself: what it stores is the rate over that step.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "core/frame.h"
#include "exporters/rrd/layout.h"

namespace virtscope::exporters::rrd {

struct File;

class Series {
public:
    explicit Series(const PlannedFile& planned) : cells_(planned.type->sources.size()) { plan(planned); }

    // Where its values are from now on.
    void plan(const PlannedFile& planned);
    // Nothing before the next reading has to do with what comes after.
    void interrupt();

    // The end of a step, `boundary` (realtime ns), lies between the last reading and `frame`, or is the moment of
    // `frame`: appends ":12:U", and answers whether anything is known.
    bool close(const Frame& frame, std::int64_t boundary, std::string& out);
    // To be called with every frame, for the gauges before a step that ends with it is closed, for the counters after.
    void read_gauges(const Frame& frame);
    void read_counters(const Frame& frame);
    // Gauges that were read are of a step that is not closed by anybody.
    void begin_step();

    // Whether RRDtool must be told that the step which ends at `boundary` (s) does not continue what the file had; the
    // file has it until then, afterwards.
    bool begins_anew(std::int64_t boundary, std::int64_t step);

    // Whoever writes the file keeps here what it knows about it.
    std::shared_ptr<File> file;

    const std::string& path() const { return path_; }
    const FileType& type() const { return *type_; }
    bool listed = false;           // in the current roster
    std::int64_t last_listed = 0;  // realtime ns

private:
    struct Cell {
        std::uint64_t value = 0;     // counters: last reading,
        std::int64_t read_at = 0;    // when it was taken, monotonic ns,
        std::int64_t read_real = 0;  // and by the wall clock
        bool known = false;
        std::uint32_t readings = 0;  // gauges: in this step
        double sum = 0;
        double last = 0;
    };

    void read_gauge(const Source& source, Cell& cell, std::uint64_t raw);
    bool append_counter(const Frame& frame, std::size_t source, std::int64_t boundary, std::string& out) const;
    static bool append_gauge(const Source& source, Cell& cell, std::string& out);
    std::int64_t moment(const Frame& frame) const;  // of the row, by the wall clock

    std::string path_;
    const FileType* type_ = nullptr;
    std::uint32_t row_ = 0;
    std::uint64_t life_ = 0;
    std::vector<Cell> cells_;
    std::int64_t written_ = 0;  // end of the last step that was written, s
    bool broken_ = false;       // since then
};

}  // namespace virtscope::exporters::rrd
