// Stream: frames as samples, the same names and labels as the page of Prometheus, and the ends of series.
//
// A series ends when its cell is absent, its row goes or its labels change: receivers are told at once, by a stale
// marker at the time of the first frame without it, and do not show the last value for minutes. A process knows only
// the ends that it has seen.
#pragma once

#include <functional>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "core/frame.h"
#include "exporters/base/own.h"
#include "exporters/remote_write/names.h"
#include "exporters/remote_write/row_texts.h"

namespace virtscope::exporters::remote_write {

class Stream {
public:
    Stream(Filter filter, External external) : filter_(std::move(filter)), external_(std::move(external)) {}

    // Labels in pieces, sorted and encoded, valid for the call; and the value's bits.
    using Sink = std::function<void(std::span<const std::string_view> labels, std::uint64_t bits)>;

    // Every sample of the frame, in the same order for the same frames.
    void write(const Frame& frame, const Sink& sink);
    // What the exporter says of itself; with a label `exporter` of their own, for there may be others on this host.
    void write_own(std::span<const OwnMetric> metrics, const Sink& sink) const;
    // Rows of the last frame that the filter lets through and that are not exported all the same (Census::left_out).
    std::size_t left_out() const { return known_ ? known_->census.left_out() : 0; }

private:
    // What follows from a roster, and what the last frame had of it.
    struct Known {
        Known(RosterPtr roster, const Filter& filter, const External& external)
            : census(std::move(roster), filter), texts(census, filter, external) {}
        Census census;
        RowTexts texts;
        // Columns that the last frame had, by exported row.
        std::array<std::vector<std::uint64_t>, scope_count> had;
    };

    void take_roster(const RosterPtr& roster, const Sink& sink);
    void carry_over(Known& before, Scope scope, const Sink& sink);
    void end_infos(const Known& before, const Sink& sink) const;
    void write_scope(const Frame& frame, Scope scope, const Sink& sink) const;
    void write_quality(const Frame& frame, const Row& row, const RowText& text, const Sink& sink) const;
    void end_cells(const Frame& frame, const Sink& sink);
    void end_columns(const RowTexts& texts, Scope scope, std::size_t i, std::uint64_t columns, const Sink& sink) const;

    Filter filter_;
    External external_;
    Names names_{filter_};
    std::unique_ptr<Known> known_;
};

}  // namespace virtscope::exporters::remote_write
