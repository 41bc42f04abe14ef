// Events of the ring and states of guests as collectd's notifications.
#pragma once

#include "core/frame.h"
#include "exporters/collectd/plan.h"
#include "exporters/collectd/sink.h"

namespace virtscope::exporters::collectd {

// Who notifications are about.
struct Audience {
    const Plan& plan;
    const Options& options;
    const Filter& filter;
    std::string_view hostname;
};

// What happened to guests in `frame`, of those that are sent: a change of state in virt's words (type domain_state), and
// unless we pass for virt everything else too (type: the event's name), also what happened to host and agent.
void send_events(const Frame& frame, const Audience& audience, Sink& sink);

// The state of every guest.
void send_states(const Frame& frame, const Audience& audience, Sink& sink);

}  // namespace virtscope::exporters::collectd
