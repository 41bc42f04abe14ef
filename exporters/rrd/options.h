// What `virtscope-export rrd` is told on its command line.
#pragma once

#include <chrono>
#include <optional>
#include <string>

#include <CLI/CLI.hpp>

#include "exporters/rrd/archive.h"
#include "exporters/rrd/layout.h"

namespace virtscope::exporters::rrd {

// As given.
struct Words {
    std::string folder, daemon, layout = "collectd", archives, step = "10s", heartbeat, keep_gone, position;
    std::string host_format, instance_format;  // empty: not given
};

struct Options {
    std::string folder;  // absolute, without a slash at its end
    std::string daemon;  // empty: none
    LayoutOptions layout;
    Archives archives = Archives::collectd;
    std::chrono::seconds step{10}, heartbeat{20};
    std::optional<std::chrono::seconds> keep_gone;  // none: for ever
    std::string position;                           // the file
};

void declare(CLI::App& app, Words& words);
// Errors: malformed, naming the option.
Result<Options> options_of(const Words& words);

// "native" or "collectd" with its formats, which the graph takes as well.
void declare_layout(CLI::App& app, Words& words);
Result<LayoutOptions> layout_of(const Words& words);
// As options that say the same: "--layout native".
std::string words_of(const LayoutOptions& layout);

}  // namespace virtscope::exporters::rrd
