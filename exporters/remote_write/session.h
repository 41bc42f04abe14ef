// Session: one run of the exporter: from the ring's cursor to the receiver, with the position that is remembered.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "exporters/base/cursor.h"
#include "exporters/base/ring_trouble.h"
#include "exporters/base/silence.h"
#include "exporters/base/trouble.h"
#include "exporters/exporter.h"
#include "exporters/remote_write/delivery.h"
#include "exporters/remote_write/grid.h"
#include "exporters/remote_write/options.h"
#include "exporters/remote_write/stopping.h"
#include "exporters/remote_write/stream.h"

namespace virtscope::exporters::remote_write {

class Session {
public:
    // `exported`: where to go on. `library` and `stopping` outlive it.
    Session(const Options& options, const Common& common, const CurlLibrary& library, Stopping& stopping,
            std::optional<Position> exported);

    // Until told to stop, or a recording is at its end and sent. Answers an exit code.
    int run();

private:
    int step();  // negative: go on
    bool send(const Frame& frame);
    std::vector<OwnMetric> own(const Frame& frame) const;
    void save(bool at_once);
    int finish();

    std::string position_file_;
    Stopping& stopping_;
    Cursor cursor_;
    Grid grid_;
    Stream stream_;
    Client client_;
    Delivery delivery_;
    std::optional<Position> accepted_, saved_;
    std::int64_t saved_at_ = 0;  // monotonic ns
    std::uint64_t frames_ = 0;   // sent
    RingTrouble ring_trouble_;
    Silence silence_;
    Trouble position_trouble_;
};

}  // namespace virtscope::exporters::remote_write
