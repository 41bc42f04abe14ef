// Runs: starts and stops of guests as libvirt's events tell them, so that one which begins and ends between two frames
// is told all the same.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/frame.h"
#include "drivers/driver.h"

namespace virtscope::libvirt {

enum class Happened : std::uint8_t {
    started,
    stopped,
    ballooned,  // the guest has another size
    lost,       // the connection, and with it what came after
};

struct Happening {
    Happened what = Happened::lost;
    Uuid guest;
    std::string name;
    std::uint64_t generation = 0;  // of the run that started, as read_record() says it
    Clock::time_point when;
    std::uint64_t ticks = 0;  // the same since boot in the unit of a process's start, field 22 of /proc/PID/stat
};

// The time now as Happening::ticks.
std::uint64_t ticks_since_boot();

// Used by one thread. A run is shown when a frame's roster has it: the difference between rosters tells of its start
// and end. A run that ends without is told here.
class Runs {
public:
    void take(const std::vector<Happening>& happened);

    // Its end was told: a listing that says it runs is older than that.
    bool is_over(const Uuid& guest, std::uint64_t generation) const;

    // A frame shows this run; show_process(): the one of the process that started then.
    void show(const Uuid& guest, std::uint64_t generation);
    void show_process(const Uuid& guest, std::uint64_t start_ticks);

    // Start and stop of each run that has ended and that no frame shows. To be called when the frame's runs were shown.
    void settle(std::vector<Event>& events);

private:
    struct Run {
        Happening start;
        std::optional<Clock::time_point> end;
        bool shown = false;
    };
    struct Ended {
        std::uint64_t generation = 0;
        Clock::time_point when;
    };
    void end_last(const Happening& stop);

    std::map<Uuid, std::vector<Run>> runs_;  // in the order of their starts; none that was settled
    std::map<Uuid, Ended> ended_;            // the last that has
};

}  // namespace virtscope::libvirt
