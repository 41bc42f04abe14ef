// The verbs that do something to a guest: their options, and what the words given to them mean.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>

#include "agent/ctl/order_request.h"

namespace virtscope {

// The command line as it was written.
struct OrderWords {
    bool given = false;   // one of these verbs was
    bool awaits = false;  // `wait`
    Verb verb = Verb::start;
    std::string guest, file, size, count;
    std::vector<std::string> medium;  // change-media: [DEVICE] PATH
    std::string mode, device, source, name, driver, state;
    std::string ring, control, timeout, wait, format = "table";
    bool takes_out = false;  // change-media --eject
    bool puts_in = false;    // --insert, --update
    bool graceful = false;
    bool disable = false, paused = false, force = false, escalate = false, yes = false, dry_run = false;
};

// `words` is filled when `app` parses and must live until then.
void declare_order_verbs(CLI::App& app, OrderWords& words);

// What they mean; reads the XML file that one may name. Errors as control::outcome_of() tells the exit code from.
Result<OrderRequest> order_of(const OrderWords& words);
Result<WaitRequest> awaited_of(const OrderWords& words);

// Answers an exit code.
int run_words(const OrderWords& words);

}  // namespace virtscope
