#include "exporters/graph/recipe.h"

#include <doctest/doctest.h>

#include <algorithm>

#include "exporters/graph/dashes.h"
#include "exporters/graph/words.h"

using namespace virtscope;
namespace graph = virtscope::exporters::graph;
using namespace virtscope::exporters::graph;

namespace {

constexpr std::string_view kinds[] = {"cpu", "memory", "block", "net", "latency"};

// Every colon that RRDtool would take for the end of a field.
std::size_t fields(std::string_view text) {
    std::size_t count = 1;
    for (std::size_t at = 0; at < text.size(); ++at) {
        if (text[at] == '\\') {
            ++at;
        } else if (text[at] == ':') {
            ++count;
        }
    }
    return count;
}

std::vector<std::string> unknown_all(const Recipe& recipe) {
    std::vector<std::string> names;
    for (const Quantity& quantity : recipe.quantities) names.push_back(quantity.name);
    return names;
}

}  // namespace

TEST_CASE("kinds have names") {
    for (const auto kind : kinds) CHECK(kind_by_name(kind));
    CHECK(!kind_by_name("disk"));
}

TEST_CASE("a name of a vCPU cannot end its field") {
    const Recipe recipe = recipe_of(graph::Kind::cpu, false, {"0", "a:b\\:c"});
    bool found = false;
    for (const std::string& argument : recipe.draw(recipe, {})) {
        if (!argument.starts_with("AREA:vcpu1")) continue;
        found = true;
        CHECK_MESSAGE(fields(argument) == 4, argument);  // AREA, variable and colour, legend, STACK
    }
    CHECK(found);
    CHECK(escaped("a:b\\c") == "a\\:b\\\\c");
}

TEST_CASE("many vCPUs are shown as one") {
    CHECK(recipe_of(graph::Kind::cpu, false, {"0", "1"}).quantities.size() == 4);
    const std::vector<std::string> many(64, "7");
    const Recipe recipe = recipe_of(graph::Kind::cpu, false, many);
    CHECK(recipe.quantities.size() == 3);
    CHECK(recipe.quantities.back().column.instance.empty());
}

TEST_CASE("every graph defines what it draws, and draws nothing of what is unknown") {
    for (const bool host : {false, true}) {
        for (const auto name : kinds) {
            const Recipe recipe = recipe_of(*kind_by_name(name), host, {"0"});
            CHECK(!recipe.quantities.empty());
            CHECK(!recipe.axis.empty());
            const auto whole = recipe.draw(recipe, {});
            CHECK(std::ranges::count_if(whole, [](const std::string& a) { return a.starts_with("VDEF:"); }) >= 8);
            const auto bare = recipe.draw(recipe, unknown_all(recipe));
            CHECK(bare.size() <= whole.size());
        }
    }
}

TEST_CASE("a figure that is not known is a dash where its number would end") {
    const std::vector<std::string> arguments{"LINE1:a#000000:a\\g", "GPRINT:figure0:  %12.1lf %%\\g",
                                             "GPRINT:figure1:%9.2lf %sB/s\\l"};
    CHECK(questions(arguments) == std::vector<std::string>{"PRINT:figure0:%lf", "PRINT:figure1:%lf"});
    CHECK(answered(arguments, {"1.5", "0.0"}) == arguments);
    CHECK(answered(arguments, {"-nan", "0.0"}) ==
          std::vector<std::string>{arguments[0], "COMMENT:               -\\g", arguments[2]});
    CHECK(answered(arguments, {"1.5", "nan"}) ==
          std::vector<std::string>{arguments[0], arguments[1], "COMMENT:             -\\l"});
}

TEST_CASE("of every kind each figure has a question, and a dash as wide as the words above it") {
    for (const std::string_view name : kinds) {
        const Recipe recipe = recipe_of(*kind_by_name(name), false, {"0"});
        const auto arguments = recipe.draw(recipe, {});
        const auto asked = questions(arguments);
        REQUIRE(!asked.empty());
        CHECK(asked.size() % 4 == 0);
        const auto dashes = answered(arguments, std::vector<std::string>(asked.size(), "-nan"));
        CHECK(std::ranges::none_of(dashes, [](const std::string& one) { return one.starts_with("GPRINT:"); }));
        CHECK(std::ranges::count(dashes, "COMMENT:             -\\g") >= 2);
    }
}
