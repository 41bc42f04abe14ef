// The command line of `virtscope-export prometheus`.
#pragma once

#include <string>

#include <CLI/CLI.hpp>

#include "exporters/prometheus/tls.h"

namespace virtscope::exporters {

struct PrometheusOptions {
    std::string listen_address = "127.0.0.1:9177";
    std::string telemetry_path = "/metrics";
    std::string compat;     // empty or "inovex"
    unsigned timeout = 30;  // seconds
    TlsPaths tls;
};

// `options` must live until the command line is parsed.
void declare_prometheus_options(CLI::App& app, PrometheusOptions& options);

}  // namespace virtscope::exporters
