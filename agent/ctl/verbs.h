// The verbs of the command with their options and help.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>

#include "agent/ctl/commands.h"
#include "agent/ctl/order_verbs.h"

namespace virtscope {

using Run = int (*)(const Request&);

// What the command line said.
struct Chosen {
    Run run = nullptr;
    Request request;
    std::string format = "table";
    OrderWords words;                               // of those that do something to a guest
    std::optional<std::vector<std::string>> graph;  // what stands behind `graph`
};

// `chosen` is filled when `app` parses and must live until then.
void declare_verbs(CLI::App& app, Chosen& chosen);

}  // namespace virtscope
