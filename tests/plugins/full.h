// A world in which every figure of every mode is known and plain: what each check must find there is arithmetic.
#pragma once

#include <string_view>
#include <vector>

#include "world.h"

namespace virtscope::checks {

// Two vCPUs, one disk "vda", one network card "vnet0", all busy at a constant rate; a file system "/" and a display "vnc".
WorldGuest full_guest(std::string name = "web01");

// The host's and the agent's values, and one such guest.
void fill_full(World& world);

struct Known {
    std::string_view mode, label;
    double value;            // in the measure's unit
    std::string_view shown;  // the value of its performance data when the guest is asked for by name, with its label
};

// What fill_full() amounts to over a window of 60 s, at 200.5 s. Every measure of every mode is in it.
const std::vector<Known>& known_values();

// A narrow range with that value in it. Rates are not exact: a ring keeps the times of rows to 16 us.
std::string range_around(double value);

}  // namespace virtscope::checks
