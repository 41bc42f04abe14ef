// LineSink: lines for collectd's exec plugin on a descriptor.
#pragma once

#include <string>

#include "core/result.h"
#include "exporters/collectd/sink.h"

namespace virtscope::exporters::collectd {

class LineSink final : public Sink {
public:
    // `fd` is lent.
    explicit LineSink(int fd) : fd_(fd) {}

    void send(const Sample& sample) override;
    void send(const Notification& notification) override;
    // To standard error, which the exec plugin puts into collectd's log.
    void say(Level level, std::string_view line) override;

    // Writes what is still kept. Errors: system: the first one since it was made; nothing is written after it.
    Result<> flush();

private:
    void flush_if_much();

    int fd_;
    std::string kept_;
    Result<> written_;
};

}  // namespace virtscope::exporters::collectd
