#include "exporters/rrd/file_name.h"

#include <doctest/doctest.h>

#include <random>
#include <set>

using namespace virtscope::exporters::rrd;

namespace {

bool is_harmless(const std::string& name) {
    if (name.empty() || name.size() > 220 || name.front() == '.' || name.front() == '-') return false;
    for (const char c : name) {
        if (c <= ' ' || c == '/' || c == ':' || c == '\\' || c == '"' || c == '*' || c == 0x7f) return false;
    }
    return true;
}

std::string random_text(std::mt19937& random) {
    std::string text(random() % 80, '\0');
    constexpr std::string_view nasty = "./-%\\:\n~ a";
    for (char& c : text) c = random() % 2 == 0 ? nasty[random() % nasty.size()] : static_cast<char>(random());
    return text;
}

}  // namespace

TEST_CASE("usual names stay, hostile ones are one harmless component") {
    CHECK(file_name("web01") == "web01");
    CHECK(file_name("vnet3") == "vnet3");
    CHECK(file_name("db-2.example_x") == "db-2.example_x");
    CHECK(file_name("my guest") == "my%20guest");
    CHECK(file_name("..") == "%2E.");
    CHECK(file_name("../../etc/passwd") == "%2E.%2F..%2Fetc%2Fpasswd");
    CHECK(file_name("-rf") == "%2Drf");
    CHECK(file_name("") == "%");
    CHECK(file_name(std::string_view("a\0b\n", 4)) == "a%00b%0A");
    CHECK(file_name("100%") == "100%25");
    CHECK(file_name("ü") == "%C3%BC");
}

TEST_CASE("names come back from the names of files") {
    std::mt19937 random(7);
    std::set<std::string> texts, names;
    for (int i = 0; i < 20'000; ++i) {
        const std::string text = random_text(random);
        const std::string name = file_name(text);
        REQUIRE_MESSAGE(is_harmless(name), name);
        texts.insert(text);
        names.insert(name);
        if (const auto back = text_of_file_name(name)) {
            REQUIRE(*back == text);
        } else {
            REQUIRE(name.find("%~") != std::string::npos);
        }
    }
    CHECK(texts.size() == names.size());
}

TEST_CASE("long names are cut and stay distinct") {
    const std::string one(255, '/');
    const std::string other = one.substr(1) + "x";
    CHECK(file_name(one).size() <= 200);
    CHECK(file_name(one) != file_name(other));
    CHECK(file_name(one) == file_name(one));
    CHECK(!text_of_file_name(file_name(one)));
    CHECK(file_name(std::string(200, 'a')) == std::string(200, 'a'));
}

TEST_CASE("what is no name of ours is told") {
    for (const char* const name : {"..", ".x", "a/b", "a%2", "a%zz", "a%61", "-x"})
        CHECK_MESSAGE(!text_of_file_name(name), name);
}
