// What each order makes of a simulated guest: pure functions, without locks, clocks or waiting.
#pragma once

#include "drivers/lifecycle.h"
#include "drivers/simulated/held.h"

namespace virtscope::simulated {

// Carries an order out on `held`, which is settled. An error leaves it as it was. `guest` as the population made it.
// Not for save, restore, define, create: see Orders.
Result<Answer> apply(const Order& order, const SimGuest& guest, Held& held, std::int64_t time);

// The order is for the run that is there. Errors: absent, busy.
Result<> check_run(const Order& order, const Held& held);

// Its run answers: it is not hung, or the order needs no answer.
bool needs_monitor(Verb verb);

// Errors: busy, naming what to do about it.
Result<> want_running(const Order& order, const SimGuest& guest, const Held& held);

// The guest's definition as domain XML.
std::string describe(const SimGuest& guest, const Held& held);

// What <name> of a <domain> says. Errors: malformed.
Result<std::string> name_in(std::string_view xml);

}  // namespace virtscope::simulated
