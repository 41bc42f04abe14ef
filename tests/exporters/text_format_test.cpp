#include "exporters/prometheus/text_format.h"

#include <doctest/doctest.h>

#include <array>
#include <random>

#include "core/text.h"
#include "tests/exporters/exposition.h"
#include "tests/exporters/hostile_name.h"

using namespace virtscope;
using namespace virtscope::exporters;

namespace {

std::string labelled(std::string_view value) {
    std::string text;
    const std::array labels{Label{"guest", value}};
    append_labels(text, labels);
    return text;
}

std::string written(Format format, const Heading& heading) {
    Buffer page;
    FamilyWriter family(page, format, heading);
    family.sample(labelled("a"), 1'500'000'000, 1'000'000'000);
    family.sample(" ", 0.25);
    return std::string(page.view());
}

}  // namespace

TEST_CASE("labels are escaped as both formats want it") {
    CHECK(labelled("web01") == "{guest=\"web01\"} ");
    CHECK(labelled("a\\b\"c\nd") == "{guest=\"a\\\\b\\\"c\\nd\"} ");
    std::string none;
    append_labels(none, {});
    CHECK(none == " ");
}

TEST_CASE("a million hostile names come back as they were shown") {
    std::mt19937 random(20240501);
    for (int i = 0; i < 1'000'000; ++i) {
        const std::string name = exported_text(hostile_name(random));
        const auto labels = parse_labels(labelled(name));
        if (labels.size() != 1 || labels.begin()->second != name) FAIL(name);
    }
}

TEST_CASE("a family in the classic format") {
    const Heading heading{"virt_x_seconds", "virt_x_seconds_total", Type::counter, "seconds", "A \\ \"b\"\nc"};
    CHECK(written(Format::classic, heading) ==
          "# HELP virt_x_seconds_total A \\\\ \"b\"\\nc\n"
          "# TYPE virt_x_seconds_total counter\n"
          "virt_x_seconds_total{guest=\"a\"} 1.5\n"
          "virt_x_seconds_total 0.25\n");
}

TEST_CASE("a family in OpenMetrics") {
    const Heading heading{"virt_x_seconds", "virt_x_seconds_total", Type::counter, "seconds", "A \\ \"b\"\nc"};
    CHECK(written(Format::openmetrics, heading) ==
          "# TYPE virt_x_seconds counter\n"
          "# UNIT virt_x_seconds seconds\n"
          "# HELP virt_x_seconds A \\\\ \\\"b\\\"\\nc\n"
          "virt_x_seconds_total{guest=\"a\"} 1.5\n"
          "virt_x_seconds_total 0.25\n");
}

TEST_CASE("states are labelled with their set's name") {
    Buffer page;
    const Heading heading{"virt_state", "virt_state", Type::stateset, "", "State"};
    FamilyWriter family(page, Format::openmetrics, heading);
    family.state(labelled("a"), "virt_state", "running", true);
    family.state(" ", "virt_state", "shut off", false);
    append_end(page, Format::openmetrics);
    CHECK(page.view() ==
          "# TYPE virt_state stateset\n# HELP virt_state State\n"
          "virt_state{guest=\"a\",virt_state=\"running\"} 1\n"
          "virt_state{virt_state=\"shut off\"} 0\n# EOF\n");
}

TEST_CASE("a family without a sample is not there") {
    Buffer page;
    const Heading heading{"virt_x", "virt_x", Type::gauge, "", "X"};
    { const FamilyWriter family(page, Format::classic, heading); }
    CHECK(page.size() == 0);
}

TEST_CASE("a buffer keeps what was written as it grows") {
    Buffer page;
    std::string all;
    for (int i = 0; i < 30'000; ++i) {
        const std::string line = "line " + std::to_string(i) + "\n";
        page.append(line);
        all += line;
    }
    CHECK(page.view() == all);
    const std::size_t capacity = page.capacity();
    page.clear();
    CHECK(page.size() == 0);
    CHECK(page.capacity() == capacity);
}
