// What `virtscope-export remote-write` is told on its command line.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>

#include "exporters/remote_write/client.h"
#include "exporters/remote_write/external.h"

namespace virtscope::exporters::remote_write {

// As given.
struct Words {
    Target target;
    std::string state_folder, interval = "15s", timeout = "30s";
    std::vector<std::string> labels;
    std::size_t batch_samples = 2000;
};

struct Options {
    Target target;
    std::string position;  // the file
    External external;
    std::chrono::nanoseconds interval{};
    std::size_t batch_samples = 0;
};

void declare(CLI::App& app, Words& words);
// Errors: malformed, naming the option.
Result<Options> options_of(const Words& words);

}  // namespace virtscope::exporters::remote_write
