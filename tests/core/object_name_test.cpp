#include <doctest/doctest.h>

#include <random>
#include <set>

#include "core/object_name.h"

using namespace virtscope;

namespace {

Roster roster_of(const std::vector<std::string>& names) {
    Roster roster;
    roster.host.name = "hv1";
    std::uint64_t start = 0;
    for (const std::string& name : names) {
        roster.guests.push_back({.uuid = Uuid::derived("test", name, ++start), .name = name});
    }
    return roster;
}

std::vector<std::string> names_of(const Roster& roster) { return object_names(roster); }

}  // namespace

TEST_CASE("a name that is legal and alone stays as it is") {
    const std::vector<std::string> plain{"web01", "db 02", "grün", "日本語", "a.b_c-d:e@f+g", "Web01"};
    CHECK(names_of(roster_of(plain)) == plain);
}

TEST_CASE("what a monitor or a shell acts on becomes _ and the name gets the UUID") {
    for (const char* const name : {"a;b", "#a", "a\nb", "$(id)", "`id`", "a|b", "a'b", "a\"b", "a<b>", "a,b", "a(b)", "a=b",
                                   "a~b", "a!b", "a%b", "a^b", "a&b", "a*b", "a?b", "a\\b", "a{b}", "a/b", "a[b]", "\xff",
                                   "\xe2\x80\xae" "x", "", " a", "a ", "null", "+a", "-a", ".a", "..", "\t"}) {
        CAPTURE(name);
        const Roster roster = roster_of({name});
        const std::string object = names_of(roster).front();
        CHECK(object.ends_with("-" + roster.guests[0].uuid.text()));
        CHECK(object.find_first_of("`~!$%^&*|'\"<>?,()=;#\\{}/[]\n\t") == std::string::npos);
        CHECK(object.find_first_of(" +-.") != 0);
    }
    CHECK(legal_object_name("a;b") == "a_b");
    CHECK(legal_object_name("") == "_");
    CHECK(legal_object_name("null") == "_null");
}

TEST_CASE("a long name is cut, not inside a character") {
    const std::string name(63, 'a');
    CHECK(legal_object_name(name + "bc") == name + "b");
    CHECK(legal_object_name(name + "ü") == name);
    CHECK(legal_object_name("-" + std::string(70, 'a')).size() == 64);
}

TEST_CASE("twins, the host's namesake and who imitates a generated name are told apart by UUID") {
    Roster roster = roster_of({"twin", "twin", "hv1", "web"});
    roster.guests.push_back({.uuid = Uuid::derived("test", "x", 9), .name = "twin-" + roster.guests[0].uuid.text()});
    const auto names = names_of(roster);
    for (const std::size_t i : {0U, 1U, 2U, 4U}) CHECK(names[i].ends_with("-" + roster.guests[i].uuid.text()));
    CHECK(names[3] == "web");
    CHECK(std::set<std::string>(names.begin(), names.end()).size() == names.size());
}

TEST_CASE("whatever guests are called, names are legal and all different") {
    std::mt19937 random(7);
    for (int round = 0; round < 50; ++round) {
        std::vector<std::string> given(60);
        for (std::string& name : given) {
            name.resize(random() % 4);
            for (char& c : name) c = static_cast<char>("a;\n\xc3\xbc- "[random() % 7]);
        }
        const auto names = names_of(roster_of(given));
        CHECK(std::set<std::string>(names.begin(), names.end()).size() == names.size());
        for (const std::string& name : names) CHECK(name.find_first_of(";\n?") == std::string::npos);
    }
}
