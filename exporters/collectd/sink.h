// Sink: where values and notifications go: collectd itself, or lines for its exec plugin.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace virtscope::exporters::collectd {

// One data source of a series.
struct Value {
    bool is_gauge = false;
    double gauge = 0;         // NaN: unknown
    std::int64_t derive = 0;  // a counter, never negative
};

// A series' values at a moment. Fields are as identifier.h makes them, shorter than 128 bytes.
struct Sample {
    std::string_view host, plugin, plugin_instance, type, type_instance;
    std::span<const Value> values;
    std::int64_t time = 0;      // ns since the epoch
    std::int64_t interval = 0;  // ns
};

enum class Severity { failure, warning, okay };

struct Notification {
    Severity severity = Severity::okay;
    std::int64_t time = 0;  // ns since the epoch
    std::string_view host, plugin, plugin_instance, type, message;
};

enum class Level { error, warning, notice };

class Sink {
public:
    virtual ~Sink() = default;

    // All strings are lent for the call.
    virtual void send(const Sample& sample) = 0;
    virtual void send(const Notification& notification) = 0;
    // A line for whoever runs us.
    virtual void say(Level level, std::string_view line) = 0;

protected:
    Sink() = default;
    Sink(const Sink&) = default;
    Sink(Sink&&) = default;
    Sink& operator=(const Sink&) = default;
    Sink& operator=(Sink&&) = default;
};

}  // namespace virtscope::exporters::collectd
