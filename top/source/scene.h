// Scene: every host that is looked at, at one moment. Views are pure functions of it.
#pragma once

#include <string>
#include <vector>

#include "top/source/picture.h"

namespace virtscope::top {

struct Host {
    std::string label{};  // what the host column says; printable. The host's own name once it is known, else its URI's
    std::string trouble{};  // why there is nothing of it now, a line for a person; empty if all is well
    Picture picture{};      // pair.now() is null while nothing has been seen of it; what was seen last stays

    bool is_awaited = false;  // nothing has been heard of it yet, good or bad: it is worth to look again soon

    bool is_known() const { return picture.pair.now() != nullptr; }
    // What stands where a host is named: the label, else the name of a host that is known.
    const std::string& shown_name() const { return label.empty() ? picture.frame().roster->host.name : label; }
};

struct Scene {
    std::vector<Host> hosts{};  // in the order in which they were asked for; never empty once a source has given it

    bool is_fleet() const { return hosts.size() > 1; }
    bool is_new() const;      // a picture of some host is
    bool has_rates() const;   // every known host's picture has, and none is awaited
    bool is_history() const;  // the first known host's picture is
};

}  // namespace virtscope::top
