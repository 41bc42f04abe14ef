// Session: one run of the exporter: from the ring's cursor to the store, with the position that is remembered.
#pragma once

#include <optional>
#include <vector>

#include "exporters/base/cursor.h"
#include "exporters/base/ring_trouble.h"
#include "exporters/base/signals.h"
#include "exporters/base/silence.h"
#include "exporters/base/trouble.h"
#include "exporters/exporter.h"
#include "exporters/rrd/maker.h"
#include "exporters/rrd/options.h"
#include "exporters/rrd/outbox.h"
#include "exporters/rrd/own_files.h"
#include "exporters/rrd/stepper.h"

namespace virtscope::exporters::rrd {

class Session {
public:
    // `store` outlives it; `exported`: where to go on.
    Session(const Options& options, const Common& common, Store& store, const std::optional<Position>& exported);

    // Until told to stop, or a recording is at its end and written. Answers an exit code.
    int run(const Signals& signals);

private:
    int step();  // negative: go on
    int follow();
    bool deliver();
    bool trouble(const Error& error);
    void save(bool at_once);
    std::vector<OwnMetric> own(const Frame& frame) const;
    void sweep_now_and_then();
    int finish() const;

    Options options_;
    std::string ring_;
    Store& store_;
    OwnFiles own_;
    Maker maker_;
    Outbox outbox_;
    Stepper stepper_;
    Cursor cursor_;
    std::vector<Step> pending_;
    std::size_t delivered_ = 0;  // of pending_
    std::optional<Position> resume_, saved_;
    std::int64_t saved_at_ = 0, swept_at_ = 0;  // monotonic ns
    std::uint64_t errors_ = 0;
    std::optional<int> over_;
    RingTrouble ring_trouble_;
    Silence silence_;
    Trouble store_trouble_, position_trouble_;
};

}  // namespace virtscope::exporters::rrd
