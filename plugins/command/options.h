// The options of the command line, as they stand there.
#pragma once

#include <string>
#include <vector>

#include "plugins/command/request.h"

namespace CLI {
class App;
}

namespace virtscope::checks {

// What was given, before it is understood.
struct Given {
    Request request;
    std::vector<std::string> guests, excluded, warning, critical;
    std::string ring, host, window, stat;
    std::string format = "multi-line";
    int verbosity = 0;
};

// Those that a mode has. `given` is filled when `app` parses and must live until then.
void declare_options(CLI::App& app, const Mode& mode, Given& given);

}  // namespace virtscope::checks
