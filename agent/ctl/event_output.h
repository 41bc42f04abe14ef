// Events as they come: a line each, so that a reader sees one when it happens.
#pragma once

#include "agent/ctl/commands.h"
#include "agent/ctl/output.h"
#include "core/history/events.h"

namespace virtscope {

void print_event_header(Format format);
// A line of a table or of CSV; for JSON an object on a line of its own.
void print_event(const EventAt& event, Format format);
Json event_json(const EventAt& event);

}  // namespace virtscope
