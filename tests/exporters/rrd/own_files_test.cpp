#include "exporters/rrd/own_files.h"

#include <doctest/doctest.h>

#include <map>

using namespace virtscope;
using namespace virtscope::exporters;
using namespace virtscope::exporters::rrd;

namespace {

using Texts = std::map<std::string, std::string>;  // by path

std::vector<OwnMetric> metrics(double lost) {
    return {{"virt_exporter_cpu_seconds_total", "seconds", "", Kind::counter, 20'000'000.5},
            {"virt_exporter_frames_lost_total", "", "", Kind::counter, lost},
            {"virt_exporter_lag_seconds", "seconds", "", Kind::gauge, 1.25}};
}

Texts texts(OwnFiles& own, std::int64_t end, std::span<const OwnMetric> given, bool anew) {
    Step step{.end = end, .text = ":7", .values = {}, .resume = {}};
    own.add_to(step, "kvm 7", given);
    Texts all;
    for (const StepValue& value : step.values) {
        CHECK(value.anew == anew);
        all[value.series->path()] = step.text.substr(value.begin, value.length);
    }
    return all;
}

}  // namespace

TEST_CASE("native: one file, as the ring stores such things") {
    OwnFiles own(false, {}, std::chrono::seconds(10), metrics(0));
    CHECK(texts(own, 100, metrics(3), true) == Texts{{"host/exporter.rrd", ":20000000500000000:3:1250000000"}});
    CHECK(texts(own, 110, {}, false).empty());
    // Who goes on after a hole says so, and what is not known is unknown.
    auto without_lag = metrics(4);
    without_lag.pop_back();
    CHECK(texts(own, 120, without_lag, true) == Texts{{"host/exporter.rrd", ":20000000500000000:4:U"}});
    CHECK(texts(own, 130, without_lag, false).size() == 1);
}

TEST_CASE("collectd: a file each, in types that it has, beside all guests") {
    OwnFiles own(true, {}, std::chrono::seconds(10), metrics(0));
    const std::string folder = "kvm%207/virt_exporter-rrd/";
    CHECK(texts(own, 100, metrics(3), true) == Texts{{folder + "virt_cpu_total.rrd", ":20000000500000000"},
                                                     {folder + "derive-frames_lost.rrd", ":3"},
                                                     {folder + "duration-lag.rrd", ":1.25"}});
}

TEST_CASE("sources are as the types have them, and the filter holds") {
    Step step{.end = 10, .text = {}, .values = {}, .resume = {}};
    const auto filter = Filter::make({.metrics = {"virt_exporter_lag*"}});
    REQUIRE(filter);
    OwnFiles own(true, *filter, std::chrono::seconds(10), metrics(0));
    own.add_to(step, "h", metrics(1));
    REQUIRE(step.values.size() == 1);
    const FileType& type = step.values[0].series->type();
    REQUIRE(type.sources.size() == 1);
    CHECK(definition(type.sources[0], 20) == "DS:seconds:GAUGE:20:0:U");
    OwnFiles none(false, *Filter::make({.metrics = {"virt_guest_*"}}), std::chrono::seconds(10), metrics(0));
    step.values.clear();
    none.add_to(step, "h", metrics(1));
    CHECK(step.values.empty());
}
