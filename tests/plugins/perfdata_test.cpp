#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <set>

#include "plugins/answer/perfdata.h"
#include "world.h"

using namespace virtscope;
using namespace virtscope::checks;

namespace {

std::string text_of(std::string label, std::optional<double> value, std::string_view unit = "%") {
    return perf_text({.label = std::move(label),
                      .value = value,
                      .unit = unit,
                      .thresholds = nullptr,
                      .minimum = std::nullopt,
                      .maximum = std::nullopt});
}

}  // namespace

TEST_CASE("an entry has its parts in order and drops empty ones at the end") {
    Thresholds thresholds{.warning = *parse_range("80"), .critical = *parse_range("@90:95")};
    CHECK(text_of("web01", 12.5) == "web01=12.5%");
    CHECK(perf_text({"cpu", 12.25, "%", &thresholds, std::nullopt, std::nullopt}) == "cpu=12.25%;80;@90:95");
    CHECK(perf_text({"cpu", 3, "", &thresholds, 0, 8}) == "cpu=3;80;@90:95;0;8");
    CHECK(perf_text({"cpu", 3, "s", nullptr, 0, std::nullopt}) == "cpu=3s;;;0");
}

TEST_CASE("a value that is not known is U") {
    CHECK(text_of("x", std::nullopt) == "x=U");
    CHECK(text_of("x", std::nan("")) == "x=U");
    CHECK(text_of("x", std::numeric_limits<double>::infinity()) == "x=U");
}

TEST_CASE("numbers are plain decimals") {
    CHECK(perf_number(0) == "0");
    CHECK(perf_number(-0.0) == "0");
    CHECK(perf_number(-0.0000001) == "0");
    CHECK(perf_number(100) == "100");
    CHECK(perf_number(0.000001) == "0.000001");
    CHECK(perf_number(1e18) == "1000000000000000000");
    CHECK(perf_number(-12.50) == "-12.5");
}

TEST_CASE("labels are quoted where they must be") {
    CHECK(text_of("a b", 1, "") == "'a b'=1");
    CHECK(text_of("grün", 1, "") == "'grün'=1");
    CHECK(text_of("a_b-c.d", 1, "") == "a_b-c.d=1");
}

TEST_CASE("a short clean name is its label; any other is cut and marked by its guest's UUID") {
    Labels labels;
    CHECK(labels.of_guest("web01", world_uuid(1)) == "web01");
    CHECK(labels.of_guest("grün 7", world_uuid(2)) == "grün 7");
    CHECK(labels.of_guest("exactly-19-bytes-ok", world_uuid(3)) == "exactly-19-bytes-ok");
    const std::string cut = labels.of_guest("exactly-20-bytes-no!", world_uuid(4));
    CHECK(cut.starts_with("exactly-20-b~"));
    CHECK(cut.size() == 19);
    // For good: not a matter of who came before.
    CHECK(Labels().of_guest("exactly-20-bytes-no!", world_uuid(4)) == cut);
}

TEST_CASE("labels differ within 19 characters and hold nothing that ends them") {
    Labels labels;
    std::set<std::string> seen{labels.fixed("guests")};
    const auto add = [&](const std::string& name, std::size_t guest) {
        const std::string label = labels.of_guest(name, world_uuid(guest));
        CHECK(label.size() <= 19);
        CHECK_FALSE(label.empty());
        CHECK(label.find_first_of("'=|;`$\n\x1b\"\\") == std::string::npos);
        CHECK_MESSAGE(seen.insert(label.substr(0, 19)).second, name);
    };
    std::size_t guest = 0;
    for (const char* const name : {"guests", "a'b", "a=b", "a_b", "a|b", "a;b", "", "", "same", "same", "a\"b|c\n\x1b[31m"}) {
        add(name, guest++);
    }
    for (int i = 0; i < 500; ++i) add("production-frontend-" + std::to_string(i), guest++);
    for (int i = 0; i < 100; ++i) add(std::string(static_cast<std::size_t>(i), 'x'), guest++);
    for (int i = 0; i < 100; ++i) add("überlänge-éééééééé-" + std::to_string(i), guest++);
}

TEST_CASE("so many guests that parts of their hashes meet still have labels of their own") {
    Labels labels;
    std::set<std::string> seen;
    for (std::size_t guest = 0; guest < 15'000; ++guest) {
        seen.insert(labels.of_guest("production-frontend-" + std::to_string(guest), world_uuid(guest)));
    }
    CHECK(seen.size() == 15'000);
}
