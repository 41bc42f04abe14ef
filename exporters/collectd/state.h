// A guest's state as libvirt numbers it and as collectd's virt plugin words it.
#pragma once

#include <string>

#include "core/roster.h"
#include "exporters/collectd/sink.h"

namespace virtscope::exporters::collectd {

struct DomainState {
    int state;             // virDomainState
    int reason;            // of its reasons; 0: not known
    Severity severity;
    const char* text;      // "the domain is running"
    const char* why;       // "the reason is unknown"
};

// A ring knows why a guest is paused, and no other reason.
const DomainState& domain_state(GuestState state);

// "Domain state: the domain is running. Reason: the reason is unknown"
std::string state_message(GuestState state);

}  // namespace virtscope::exporters::collectd
