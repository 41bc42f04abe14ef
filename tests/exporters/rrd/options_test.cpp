#include "exporters/rrd/options.h"

#include <doctest/doctest.h>

using namespace virtscope::exporters::rrd;

namespace {

std::string refusal(const Words& words) {
    const auto options = options_of(words);
    return options ? "" : options.error().message;
}

}  // namespace

TEST_CASE("formats of names are collectd's layout's alone") {
    CHECK(refusal({.folder = "/rrd", .layout = "native"}).empty());
    CHECK(refusal({.folder = "/rrd", .layout = "native", .host_format = "name"}).starts_with("--hostname-format: "));
    CHECK(refusal({.folder = "/rrd", .layout = "native", .instance_format = "none"})
              .starts_with("--plugin-instance-format: "));
    CHECK(refusal({.folder = "/rrd", .host_format = "uuid", .instance_format = "name"}).empty());
}

TEST_CASE("a layout is told as the options that make it") {
    CHECK(words_of({.collectd = false}) == "--layout native");
    CHECK(words_of({}) == "--layout collectd --hostname-format name --plugin-instance-format none");
    CHECK(words_of({.host = Naming::hostname, .instance = Naming::uuid}) ==
          "--layout collectd --hostname-format hostname --plugin-instance-format uuid");
}
