// The verbs of the `virtscope` command. Each is a function from parsed arguments to an exit code and
// prints its result on stdout; main.cpp only parses.
//
// Exit codes: 0 done, 1 the thing asked for is not there or not well, 2 wrong arguments, 3 the ring
// cannot be read.
#pragma once

#include <string>

namespace virtscope {

inline constexpr int exit_done = 0;
inline constexpr int exit_not_well = 1;
inline constexpr int exit_usage = 2;
inline constexpr int exit_no_ring = 3;

enum class Format { table, json };

struct Request {
    Format format = Format::table;
    std::string ring;     // resolved path
    std::string subject;  // guest's name or UUID, or a file
    bool all = false;     // list: inactive guests too
};

int run_list(const Request& request);
int run_info(const Request& request);
int run_doctor(const Request& request);
int run_ring_info(const Request& request);

}  // namespace virtscope
