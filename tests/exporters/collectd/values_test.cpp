// What is sent of a frame; each trap of collectd's virt plugin is a test.
#include "exporters/collectd/values.h"

#include <doctest/doctest.h>

#include <cmath>

#include "tests/exporters/collectd/heard.h"

using namespace virtscope;
using namespace virtscope::exporters;
using namespace virtscope::exporters::collectd;

namespace {

constexpr std::int64_t interval = 10'000'000'000;

Options everything_as_virt() {
    Options options;
    options.plugin = "virt";
    options.extras = Extras::all();
    options.extras_given = true;
    return options;
}

Heard sent(const FramePtr& before, const FramePtr& now, const Options& options = everything_as_virt(),
           const Filter& filter = {}) {
    Heard heard;
    const Plan plan(now->roster, filter, options, "host");
    send_values(FramePair(before, now), plan, options, filter, interval, heard);
    return heard;
}

Heard sent(const std::function<void(Frame&)>& fill, const Options& options = everything_as_virt()) {
    return sent(nullptr, frame_at(5, running(1), fill), options);
}

}  // namespace

TEST_CASE("trap: times of disks are in ms, the convention of disk_time and what total_time_in_ms says") {
    const auto fill = [](Frame& frame) {
        frame.set(0, DiskMetric::read_time, 7'000'000'000);
        frame.set(0, DiskMetric::write_time, 2'500'000);
        frame.set(0, DiskMetric::flush_time, 3'000'000'000);
        frame.set(0, DiskMetric::flush_ops, 12);
    };
    const Heard heard = sent(fill);
    CHECK(heard.value("guest-1-0/virt/disk_time-vda0", 0).derive == 7000);
    CHECK(heard.value("guest-1-0/virt/disk_time-vda0", 1).derive == 2);
    CHECK(heard.value("guest-1-0/virt/total_time_in_ms-flush-vda0").derive == 3000);
    CHECK(heard.value("guest-1-0/virt/total_requests-flush-vda0").derive == 12);
    Options original = everything_as_virt();
    original.original_units = true;
    const Heard as_it_was = sent(fill, original);
    CHECK(as_it_was.value("guest-1-0/virt/disk_time-vda0", 0).derive == 7'000'000'000);
    CHECK(as_it_was.value("guest-1-0/virt/total_time_in_ms-flush-vda0").derive == 3'000'000);
}

TEST_CASE("trap: swap and faults are integers, as their types say") {
    const Heard heard = sent([](Frame& frame) {
        frame.set(0, GuestMetric::swap_in, 4096);
        frame.set(0, GuestMetric::guest_minor_faults, 17);
        frame.set(0, GuestMetric::guest_major_faults, 3);
    });
    CHECK(!heard.value("guest-1-0/virt/swap_io-in").is_gauge);
    CHECK(heard.value("guest-1-0/virt/swap_io-in").derive == 4096);
    CHECK(!heard.value("guest-1-0/virt/ps_pagefaults", 0).is_gauge);
    CHECK(heard.value("guest-1-0/virt/ps_pagefaults", 0).derive == 17);
    CHECK(heard.value("guest-1-0/virt/ps_pagefaults", 1).derive == 3);
}

TEST_CASE("trap: the share of CPU is over the time that passed, not over the configured interval") {
    const RosterPtr who = running(1);
    const auto at = [&](double second, std::uint64_t cpu_seconds) {
        return frame_at(second, who, [=](Frame& frame) {
            frame.set(0, HostMetric::cpus, 4);
            frame.set(0, GuestMetric::cpu_time, cpu_seconds * 1'000'000'000);
        });
    };
    const Heard heard = sent(at(0, 100), at(20, 110));
    CHECK(heard.value("guest-1-0/virt/percent-virt_cpu_total").gauge == doctest::Approx(12.5));
    CHECK(!sent(nullptr, at(20, 110)).has("guest-1-0/virt/percent-virt_cpu_total"));
}

TEST_CASE("trap: the share of CPU is there after the list of guests changed, and not over a restart") {
    const auto fill = [](std::uint64_t cpu) {
        return [=](Frame& frame) {
            frame.set(0, HostMetric::cpus, 1);
            for (std::size_t row = 0; row < frame.roster->guests.size(); ++row)
                frame.set(row, GuestMetric::cpu_time, cpu * 1'000'000'000);
        };
    };
    const FramePtr before = frame_at(0, running(1), fill(1));
    CHECK(sent(before, frame_at(10, running(2), fill(2))).value("guest-1-0/virt/percent-virt_cpu_total").gauge ==
          doctest::Approx(10));
    const RosterPtr restarted = sample::changed(running(1), [](Roster& roster) { roster.guests[0].generation = 9; });
    const Heard heard = sent(before, frame_at(10, restarted, fill(2)));
    CHECK(heard.has("guest-1-0/virt/virt_cpu_total"));
    CHECK(!heard.has("guest-1-0/virt/percent-virt_cpu_total"));
}

TEST_CASE("trap: a paused guest keeps its disks, its network cards and its counters") {
    const Heard heard = sent([](Frame& frame) {
        frame.set(0, GuestMetric::state, static_cast<std::uint64_t>(GuestState::paused));
        frame.set(0, GuestMetric::cpu_time, 5);
        for (const DiskMetric metric : {DiskMetric::read_ops, DiskMetric::write_ops}) frame.set(0, metric, 1);
        for (const NicMetric metric : {NicMetric::rx_bytes, NicMetric::tx_bytes}) frame.set(0, metric, 1);
    });
    CHECK(heard.has("guest-1-0/virt/virt_cpu_total"));
    CHECK(heard.has("guest-1-0/virt/disk_ops-vda0"));
    CHECK(heard.has("guest-1-0/virt/if_octets-vnet0"));
    CHECK(heard.value("guest-1-0/virt/domain_state", 0).gauge == 3);
    CHECK(heard.value("guest-1-0/virt/domain_state", 1).gauge == 1);
}

TEST_CASE("what is not known is not sent, half a pair neither") {
    const Heard heard = sent([](Frame& frame) { frame.set(0, DiskMetric::read_ops, 1); });
    CHECK(heard.samples.size() == 1);
    CHECK(heard.has("guest-1-0/virt/domain_state"));
}

TEST_CASE("a guest that is only defined has a state and nothing else") {
    const RosterPtr who = sample::changed(running(1), [](Roster& roster) { roster.guests[0].generation = 0; });
    const Heard heard = sent(nullptr, frame_at(5, who, [](Frame& frame) {
                                 frame.set(0, GuestMetric::state, static_cast<std::uint64_t>(GuestState::shut_off));
                                 frame.set(0, GuestMetric::memory_max, 1 << 30);
                             }));
    REQUIRE(heard.samples.size() == 1);
    CHECK(heard.value("guest-1-0/virt/domain_state", 0).gauge == 5);
}

TEST_CASE("memory-total is what the balloon leaves, or what the guest was given") {
    const auto total = [](const std::function<void(Frame&)>& fill) {
        return sent(fill).value("guest-1-0/virt/memory-total").gauge;
    };
    CHECK(total([](Frame& frame) { frame.set(0, GuestMetric::memory_max, 2048); }) == 2048);
    CHECK(total([](Frame& frame) {
              frame.set(0, GuestMetric::memory_max, 2048);
              frame.set(0, GuestMetric::memory_balloon, 1024);
          }) == 1024);
}

TEST_CASE("values have the time of their own row's reading, and collectd's interval") {
    const auto heard = sent([](Frame& frame) {
        frame.set(0, GuestMetric::cpu_time, 1);
        frame.set(0, NicMetric::rx_bytes, 1);
        frame.set(0, NicMetric::tx_bytes, 1);
        frame.table(Scope::Nic).row(0).time -= 40'000'000;
    });
    CHECK(heard.times("guest-1-0/virt/virt_cpu_total") == std::vector{sample::at(5)});
    CHECK(heard.times("guest-1-0/virt/if_octets-vnet0") == std::vector{sample::at(5) - 40'000'000});
    CHECK(heard.samples.at("guest-1-0/virt/virt_cpu_total")[0].interval == interval);
}

TEST_CASE("as virt nothing is sent that virt does not send, unless asked for") {
    const auto fill = [](Frame& frame) {
        for (std::size_t scope = 0; scope < scope_count; ++scope) {
            Table& table = frame.tables.at(scope);
            for (std::size_t row = 0; row < table.rows(); ++row)
                for (std::size_t column = 0; column < table.columns(); ++column)
                    if (!table.has(row, column)) table.set(row, column, 1);
        }
    };
    Options plain;
    plain.plugin = "virt";
    std::vector<std::string> types;
    for (const auto& [identifier, samples] : sent(fill, plain).samples) types.push_back(identifier.substr(15));
    CHECK(types == std::vector<std::string>{"disk_octets-vda0", "disk_ops-vda0", "if_dropped-vnet0", "if_errors-vnet0",
                                            "if_octets-vnet0", "if_packets-vnet0", "memory-total", "virt_cpu_total"});
    const Heard ours = sent(fill, Options{});
    for (const char* type : {"virt_cpu_wait", "virt_vcpu_wait-1", "virt_exits-0", "duration-monitor_age", "uptime",
                             "virt_disk_failed-vda0", "pending_operations-vda0", "virt_cpu_part-vhost"}) {
        CHECK_MESSAGE(ours.has(std::string("guest-1-0/virtscope/") + type), type);
    }
}

TEST_CASE("latency is the time an operation took between the two samples") {
    const RosterPtr who = running(1);
    const auto at = [&](double second, std::uint64_t reads, std::uint64_t ns) {
        return frame_at(second, who, [=](Frame& frame) {
            frame.set(0, DiskMetric::read_ops, reads);
            frame.set(0, DiskMetric::read_time, ns);
            frame.set(0, DiskMetric::write_ops, 5);
            frame.set(0, DiskMetric::write_time, 5);
        });
    };
    const Heard heard = sent(at(0, 10, 0), at(10, 14, 8'000'000));
    CHECK(heard.value("guest-1-0/virt/virt_disk_latency-vda0", 0).gauge == doctest::Approx(0.002));
    CHECK(std::isnan(heard.value("guest-1-0/virt/virt_disk_latency-vda0", 1).gauge));
    CHECK(!sent(at(0, 10, 0), at(10, 10, 0)).has("guest-1-0/virt/virt_disk_latency-vda0"));
}

TEST_CASE("--metric is by type") {
    const auto filter = Filter::make({.guests = {}, .excluded = {}, .devices = {}, .metrics = {"virt_*"}});
    REQUIRE(filter);
    const FramePtr frame = frame_at(5, running(1), [](Frame& all) {
        all.set(0, GuestMetric::cpu_time, 1);
        all.set(0, GuestMetric::memory_max, 1);
    });
    const Heard heard = sent(nullptr, frame, everything_as_virt(), *filter);
    CHECK(heard.samples.size() == 1);
    CHECK(heard.has("guest-1-0/virt/virt_cpu_total"));
}
