// What we say of ourselves, as series of the host: HOST/virt_exporter-collectd/duration-lag and so on.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "exporters/base/filter.h"
#include "exporters/base/own.h"
#include "exporters/collectd/sink.h"

namespace virtscope::exporters::collectd {

struct OwnValues {
    std::string_view host;            // as collectd knows it
    std::string_view exporter;        // the plugin instance
    std::int64_t time = 0;            // ns since the epoch
    std::int64_t interval = 0;        // ns
    std::uint64_t samples = 0;        // that were sent
    std::optional<std::int64_t> cpu;  // ns; none: the process is ours, so that its CPU time and memory are
};

void send_own(const OwnValues& own, const Tally& tally, const Filter& filter, Sink& sink);

}  // namespace virtscope::exporters::collectd
