// Round: one tick's questions to all guests: who must be asked, sending, waiting, settling.
//
// All questions go out at once; then, rather than wake up for every answer, the round sleeps a few
// milliseconds and takes what has come, until every guest that was asked in time has answered or the
// deadline is there. A guest that owes an answer from an earlier tick is not waited for: a hung one
// costs one deadline, once.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "drivers/qemu/guest.h"
#include "drivers/qemu/monitors.h"
#include "drivers/qemu/report.h"

namespace virtscope::qemu {

using Guests = std::vector<std::unique_ptr<Guest>>;

class Round {
public:
    Round(Monitors& monitors, const DriverOptions& options) : monitors_(monitors), options_(options) {}

    // guests[i] is at places[i]. Returns at `deadline` at the latest.
    void run(const Guests& guests, std::span<const Place> places, Clock::time_point deadline);

    std::span<const Outcome> outcomes() const { return outcomes_; }
    Clock::time_point started() const { return started_; }
    std::uint64_t spared() const { return spared_; }

private:
    struct Effort {
        bool settling = false;  // `before` was read with the vCPUs'
        bool owing = false;     // an answer to an earlier tick's question was still due
        bool held = false;      // the guest had not moved since it settled
        bool restless = false;  // it may settle if it is given a little more time
        Witness before;
        std::optional<Command> follow_up;       // to be asked after the block counters
        std::optional<Command> asked_besides;   // was asked
    };

    void plan(Guest& guest, const Place& place, Outcome& outcome, Effort& effort);
    void ask(Guest& guest, Command command, Outcome& outcome);
    void collect(const Guests& guests, Clock::time_point deadline);
    void settle_all(const Guests& guests, std::span<const Place> places, Clock::time_point deadline);
    void judge(Guest& guest, Outcome& outcome, const Effort& effort, Clock::time_point now) const;

    Monitors& monitors_;
    const DriverOptions& options_;
    std::vector<Outcome> outcomes_;
    std::vector<Effort> efforts_;
    Clock::time_point started_;
    std::uint64_t spared_ = 0;
};

}  // namespace virtscope::qemu
