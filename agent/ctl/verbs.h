// The verbs of the command with their options and help.
#pragma once

#include <string>

#include <CLI/CLI.hpp>

#include "agent/ctl/commands.h"

namespace virtscope {

using Verb = int (*)(const Request&);

// What the command line said.
struct Chosen {
    Verb verb = nullptr;
    Request request;
    std::string format = "table";
};

// `chosen` is filled when `app` parses and must live until then.
void declare_verbs(CLI::App& app, Chosen& chosen);

}  // namespace virtscope
