#include "exporters/collectd/identifier.h"

#include <doctest/doctest.h>

#include <random>

#include "core/text.h"

using namespace virtscope;
using namespace virtscope::exporters::collectd;

TEST_CASE("a slash never parts a field, as collectd itself would have it") {
    CHECK(field("web01") == "web01");
    CHECK(field("/dev/vg/lv") == "dev_vg_lv");
    CHECK(field("flush-/dev/vda") == "flush-_dev_vda");
    CHECK(field("/") == "root");
    CHECK(field("a/b/") == "a_b_");
    CHECK(field("//") == "_");
}

TEST_CASE("no field leads out of a folder or is empty") {
    CHECK(field("") == "?");
    CHECK(field(".") == "_");
    CHECK(field("..") == "__");
    CHECK(field("/..") == "__");
    CHECK(field("../../etc") == ".._.._etc");
    CHECK(field(".hidden") == ".hidden");
}

TEST_CASE("fields are bounded, printable, and not cut inside a character") {
    CHECK(field(std::string(500, 'x')) == std::string(127, 'x'));
    CHECK(field("a\nb\x1b[31m\x7f") == "a?b?[31m?");
    CHECK(field(std::string("nul\0", 4)) == "nul?");
    std::string wide;
    for (int i = 0; i < 100; ++i) wide += "\xc3\xa4";
    CHECK(field(wide) == wide.substr(0, 126));
    CHECK(marked(std::string(127, 'x'), "#12") == std::string(124, 'x') + "#12");
    CHECK(marked(wide, "#1") == wide.substr(0, 124) + "#1");
}

TEST_CASE("whatever a name is made of, its field is one part of a path") {
    std::mt19937 random(7);
    const std::string_view likely = "/.-_ :#\"\\\n\t\x80\xff\xc3\xa4";
    for (int round = 0; round < 100'000; ++round) {
        std::string name(random() % 200, 'x');
        for (char& c : name) c = random() % 3 == 0 ? static_cast<char>(random() % 256) : likely[random() % likely.size()];
        const std::string made = field(name);
        REQUIRE(!made.empty());
        REQUIRE(made.size() <= longest_field);
        REQUIRE(!made.contains('/'));
        REQUIRE(made != ".");
        REQUIRE(made != "..");
        REQUIRE(printable(made) == made);
    }
}
