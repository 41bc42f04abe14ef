#include "agent/ctl/history_columns.h"

#include <doctest/doctest.h>

using namespace virtscope;

namespace {

Column column(const char* text) { return parse_column(text, Scope::Guest).value(); }

Point point(std::initializer_list<double> values) {
    Point made;
    for (const double value : values) made.add(value, 1, true);
    return made;
}

}  // namespace

TEST_CASE("statistics: the known ones and any percentile") {
    using enum Statistic::Kind;
    CHECK(parse_statistic("")->kind == average);
    CHECK(parse_statistic("max")->kind == max);
    CHECK(parse_statistic("p99.9")->percent == doctest::Approx(99.9));
    for (const char* text : {"p", "p0", "p100.1", "p-5", "p5x", "pnan", "pinf", "mean", "95", "P95", " avg"}) {
        CAPTURE(text);
        CHECK(parse_statistic(text).error().kind == ErrorKind::malformed);
    }
}

TEST_CASE("columns: a list, or the usual ones of a guest and of the host") {
    CHECK(parse_columns("cpu_time,disk.vda.read_ops", Scope::Guest)->size() == 2);
    CHECK(parse_columns("", Scope::Guest)->size() == 7);
    CHECK(parse_columns("", Scope::Host)->size() == 6);
    for (const char* text : {",", "cpu_time,", ",cpu_time", "cpu_time, state", "cpu_time;state"}) {
        CAPTURE(text);
        CHECK(parse_columns(text, Scope::Guest).error().message.starts_with("--metric '"));
    }
}

TEST_CASE("figures: of a step, and none of a gap; states have no average") {
    const Point some = point({1, 5, 3});
    CHECK(figure(column("memory_resident"), some, {}) == doctest::Approx(3));
    CHECK(figure(column("memory_resident"), some, *parse_statistic("min")) == doctest::Approx(1));
    CHECK(figure(column("memory_resident"), some, *parse_statistic("p60")) == doctest::Approx(3));
    CHECK(figure(column("memory_resident"), some, *parse_statistic("p100")) == doctest::Approx(5));
    CHECK(figure(column("state"), some, {}) == doctest::Approx(3));
    CHECK(!figure(column("state"), Point{}, {}));
}

TEST_CASE("figures: as people read them, and the unit of the raw ones") {
    CHECK(human_figure(column("cpu_time"), 1.234e9) == "123.4%");
    CHECK(human_figure(column("disk.read_bytes"), 1.5 * 1024 * 1024) == "1.5 MiB/s");
    CHECK(human_figure(column("disk.read_ops"), 12.34) == "12.3/s");
    CHECK(human_figure(column("memory_resident"), 512.0 * 1024 * 1024) == "512 MiB");
    CHECK(human_figure(column("state"), 3) == "paused");
    CHECK(human_figure(column("stale"), 1) == "yes");
    CHECK(human_figure(column("stale"), 0.25) == "25%");
    CHECK(human_figure(column("disk.in_flight"), 2.5) == "2.5");
    CHECK(human_figure(column("cpu_time"), std::nullopt) == "-");
    CHECK(unit_name(column("cpu_time")) == "ns/s");
    CHECK(unit_name(column("monitor_age")) == "ns");
    CHECK(unit_name(column("nic.rx_packets")) == "1/s");
}
