// Exporter: one way for values to leave the ring. An exporter is added by a folder and one line in exporter_table.cpp.
//
// Each runs as a process of its own, unprivileged, with a systemd unit of its own: one that hangs or grows harms
// neither the agent nor another exporter. All of them read the ring and nothing else.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <string_view>

#include <CLI/CLI.hpp>

#include "exporters/base/filter.h"

namespace virtscope::exporters {

// The options that all exporters have.
struct Common {
    std::string ring;  // path
    Filter filter;
};

// Runs until told to stop. Answers an exit code (base/exit_codes.h); what was wrong it has said (base/complain.h).
using Run = std::function<int(const Common&)>;

struct Exporter {
    std::string_view name;  // the subcommand
    std::string_view help;
    // Declares its own options. What is returned owns their values, and is called once the command line is parsed.
    Run (*declare)(CLI::App& app);
    bool filters = true;  // takes --guest, --exclude, --device, --metric
};

std::span<const Exporter> all_exporters();

extern const Exporter prometheus_exporter;
extern const Exporter rrd_exporter;
extern const Exporter graph_exporter;
extern const Exporter remote_write_exporter;

}  // namespace virtscope::exporters
