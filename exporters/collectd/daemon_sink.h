// DaemonSink: hands values and notifications to the collectd we are loaded into, and lines to its log.
#pragma once

#include "exporters/collectd/daemon.h"
#include "exporters/collectd/sink.h"

namespace virtscope::exporters::collectd {

// ns to collectd's unit, 2^-30 s.
cdtime_t daemon_time(std::int64_t nanoseconds);
std::int64_t nanoseconds_of(cdtime_t time);

class DaemonSink final : public Sink {
public:
    void send(const Sample& sample) override;
    void send(const Notification& notification) override;
    void say(Level level, std::string_view line) override;
};

}  // namespace virtscope::exporters::collectd
