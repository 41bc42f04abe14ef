#include "exporters/remote_write/external.h"

#include <doctest/doctest.h>

#include "exporters/remote_write/wire.h"

using namespace virtscope::exporters;
using namespace virtscope::exporters::remote_write;

namespace {

std::string refusal(const std::string& word) {
    const auto parsed = External::parse({word}, "here");
    REQUIRE(!parsed);
    return parsed.error().message;
}

std::string label(std::string_view name, std::string_view value) {
    std::string out;
    append_label(out, name, value);
    return out;
}

}  // namespace

TEST_CASE("the host's name is a label unless another one is given, or none") {
    using Labels = std::vector<std::pair<std::string, std::string>>;
    CHECK(External::parse({}, "here")->all() == Labels{{"host", "here"}});
    CHECK(External::parse({"host=there", "job=a=b"}, "here")->all() == Labels{{"host", "there"}, {"job", "a=b"}});
    CHECK(External::parse({"host="}, "here")->all().empty());
}

TEST_CASE("names that would break the order or stand for something else are refused") {
    for (const char* name : {"", "_x", "X", "0", "a-b", "a b", "ü", "__name__"}) {
        INFO(name);
        CHECK(refusal(std::string(name) + "=x").find("a name is a small letter") != std::string::npos);
    }
    for (const char* name :
         {"guest", "uuid", "disk", "node", "filesystem", "display", "virt_guest_state", "exporter", "version"}) {
        INFO(name);
        CHECK(refusal(std::string(name) + "=x").find("virtscope's own") != std::string::npos);
    }
    CHECK(refusal("host").find("NAME=VALUE") != std::string::npos);
    CHECK(refusal("\x1b[31m").find('\x1b') == std::string::npos);
    CHECK(!External::parse({"a=1", "a=2"}, "here"));
    CHECK(!External::parse(std::vector<std::string>(33, "a=1"), "here"));
}

TEST_CASE("values are made harmless and short") {
    const auto parsed = External::parse({"site=a\nb\xff" + std::string(1000, 'x')}, "here");
    REQUIRE(parsed);
    const std::string& value = parsed->all().front().second;
    CHECK(value.starts_with("a?b?x"));
    CHECK(value.size() <= longest_name);
}

TEST_CASE("labels are sorted by name, and a set's own has its place") {
    const auto external = External::parse({"zone=z", "host=h", "virt=v"}, "here");
    REQUIRE(external);
    const Sorted sorted = encode_sorted({{"uuid", "u"}, {"guest", "g"}}, *external);
    CHECK(sorted.text.substr(0, sorted.split) ==
          label("guest", "g") + label("host", "h") + label("uuid", "u") + label("virt", "v"));
    CHECK(sorted.text.substr(sorted.split) == label("zone", "z"));
}
