// A sink that keeps what it was told, and hosts to tell it of.
#pragma once

#include <algorithm>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "core/frame.h"
#include "exporters/collectd/sink.h"
#include "tests/core/tape.h"

namespace virtscope::exporters::collectd {

struct HeardNotification {
    Severity severity;
    std::int64_t time;
    std::string host, type, message;
};

struct HeardSample {
    std::int64_t time, interval;
    std::vector<Value> values;
};

class Heard final : public Sink {
public:
    void send(const Sample& sample) override {
        const auto with = [](std::string_view name, std::string_view instance) {
            return std::string(name) + (instance.empty() ? "" : "-") + std::string(instance);
        };
        const std::string identifier = std::string(sample.host) + "/" + with(sample.plugin, sample.plugin_instance) + "/" +
                                       with(sample.type, sample.type_instance);
        samples[identifier].push_back({sample.time, sample.interval, {sample.values.begin(), sample.values.end()}});
    }
    void send(const Notification& told) override {
        notifications.push_back({told.severity, told.time, std::string(told.host), std::string(told.type),
                                 std::string(told.message)});
    }
    void say(Level, std::string_view line) override { lines.emplace_back(line); }

    bool has(const std::string& identifier) const { return samples.contains(identifier); }
    const Value& value(const std::string& identifier, std::size_t source = 0) const {
        return samples.at(identifier).back().values.at(source);
    }
    std::vector<std::int64_t> times(const std::string& identifier) const {
        std::vector<std::int64_t> all;
        if (const auto found = samples.find(identifier); found != samples.end()) {
            for (const HeardSample& sample : found->second) all.push_back(sample.time);
        }
        return all;
    }
    bool says(std::string_view part) const {
        return std::ranges::any_of(lines, [&](const std::string& line) { return line.contains(part); });
    }

    std::map<std::string, std::vector<HeardSample>> samples;
    std::vector<HeardNotification> notifications;
    std::vector<std::string> lines;
};

// guest-1-0, guest-1-1, …, running, each with two vCPUs, a disk vda0 and a card vnet0.
inline RosterPtr running(std::size_t guests) { return sample::roster(guests, 1); }

// A frame of second `second` in which guests run.
inline FramePtr frame_at(double second, const RosterPtr& who, const std::function<void(Frame&)>& fill = {}) {
    auto frame = std::make_shared<Frame>();
    frame->realtime = sample::at(second);
    frame->monotonic = static_cast<std::int64_t>((second + 1000) * 1e9);
    frame->reset(who);
    for (std::size_t row = 0; row < who->guests.size(); ++row)
        frame->set(row, GuestMetric::state, static_cast<std::uint64_t>(GuestState::running));
    if (fill) fill(*frame);
    return frame;
}

}  // namespace virtscope::exporters::collectd
