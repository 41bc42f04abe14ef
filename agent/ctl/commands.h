// The verbs of the `virtscope` command. Each is a function from parsed arguments to an exit code and
// prints its result on stdout; main.cpp only parses.
//
// Exit codes: 0 done, 1 the thing asked for is not there or not well, 2 wrong arguments, 3 the ring
// cannot be read. `ring verify` has more, for what there is in place of a ring.
#pragma once

#include <string>
#include <vector>

#include "agent/ctl/monitor_plan.h"

namespace virtscope {

inline constexpr int exit_done = 0;
inline constexpr int exit_not_well = 1;
inline constexpr int exit_usage = 2;
inline constexpr int exit_no_ring = 3;

// What `ring verify` tells apart besides.
inline constexpr int exit_not_a_ring = 4;
inline constexpr int exit_cut_short = 5;
inline constexpr int exit_other_version = 6;
inline constexpr int exit_other_byte_order = 7;
inline constexpr int exit_other_catalogue = 8;
inline constexpr int exit_contradictory = 9;
inline constexpr int exit_unfinished = 10;

enum class Format { table, json, csv };  // csv: history and events only

// Which guests `list` shows; states add up, as virsh's do.
struct Listing {
    bool all = false;       // also those that are shut off
    bool inactive = false;  // only those that are shut off
    bool running = false, paused = false, shut_off = false;
    bool names = false, uuids = false;  // only that, a line each
};

struct Request {
    Format format = Format::table;
    std::string ring;     // resolved path
    std::string subject;  // guest's name or UUID, or a file
    Listing listing;
    std::string from, to;   // as people write times; empty: see range.h
    std::string metrics;    // history: names, separated by commas; empty: the usual ones
    std::string step;       // history: a duration, or 0 for every frame; empty: what fits a screen
    std::string statistic;  // history: which figure of each step
    bool follow = false;    // events: go on with what happens now
    bool force = false;     // record: take the place of a file
    MonitorWords monitor;   // nagios-config
};

int run_list(const Request& request);
int run_info(const Request& request);
int run_doctor(const Request& request);
int run_history(const Request& request);
int run_events(const Request& request);
// Becomes virtscope-export; comes back only when that cannot be.
int run_graph(const std::vector<std::string>& words);
int run_record(const Request& request);
int run_nagios_config(const Request& request);
int run_ring_info(const Request& request);
int run_ring_verify(const Request& request);

}  // namespace virtscope
