#include <doctest/doctest.h>

#include <cstdlib>

#include "plugins/mode.h"
#include "plugins/request.h"

using namespace virtscope;
using namespace virtscope::checks;

namespace {

Request request_of(std::vector<std::string> arguments) {
    auto parsed = parse_arguments(arguments);
    REQUIRE(parsed);
    return std::get<Request>(*parsed);
}

std::string told(std::vector<std::string> arguments) {
    auto parsed = parse_arguments(arguments);
    REQUIRE(parsed);
    return std::get<Told>(*parsed).text;
}

std::string error_of(std::vector<std::string> arguments) {
    const auto parsed = parse_arguments(arguments);
    return parsed ? "" : parsed.error().message;
}

}  // namespace

TEST_CASE("common options") {
    const Request request = request_of({"cpu", "--ring", "/r", "-w", "80", "-c", "~:95", "--guest", "a", "--guest=b*",
                                        "--exclude", "c", "-vv", "-t", "3", "--of", "host"});
    CHECK(request.mode->name == "cpu");
    CHECK(request.ring == "/r");
    CHECK(request.thresholds.of("cpu").warning->text == "80");
    CHECK(request.thresholds.of("cpu").critical->text == "~:95");
    CHECK(request.guests == std::vector<std::string>{"a", "b*"});
    CHECK(request.excluded == std::vector<std::string>{"c"});
    CHECK(request.verbosity == 2);
    CHECK(request.timeout == 3);
    CHECK(request.option("--of") == "host");
    CHECK(request.option("--window") == "60s");
}

TEST_CASE("defaults") {
    ::setenv("VIRTSCOPE_RING", "/from/environment", 1);
    const Request request = request_of({"state"});
    ::unsetenv("VIRTSCOPE_RING");
    CHECK(request.ring == "/from/environment");
    CHECK(request.timeout == 10);
    CHECK(request.verbosity == 0);
    CHECK_FALSE(request.thresholds.of("cpu").warning);
    CHECK(request_of({"state"}).ring == "/var/lib/virtscope/ring");
    CHECK(request_of({"state", "-v", "-v", "-v"}).verbosity == 3);
    CHECK(request_of({"cpu", "-w", "-5:10"}).thresholds.warning->start == -5);
}

TEST_CASE("help and version are answers, for each mode too") {
    CHECK(told({"--help"}).find("state") != std::string::npos);
    CHECK(told({"-h"}) == told({"--help"}));
    CHECK(told({"-V"}).starts_with("check_virt (virtscope) "));
    for (const Mode& mode : all_modes()) {
        CHECK(told({std::string(mode.name), "--help"}).find("--ring") != std::string::npos);
        CHECK(told({std::string(mode.name), "--version"}).starts_with("check_virt (virtscope) "));
        for (const Flag& flag : mode.flags) {
            CHECK(told({std::string(mode.name), "-h"}).find(flag.name) != std::string::npos);
        }
    }
}

TEST_CASE("wrong arguments are refused by name") {
    CHECK(error_of({}).find("no mode given") != std::string::npos);
    CHECK(error_of({"disk"}).find("'disk' is no mode") != std::string::npos);
    CHECK(error_of({"cpu", "-w", ""}).find("--warning") != std::string::npos);
    CHECK(error_of({"cpu", "-c", "9x"}).find("'9x' is no range") != std::string::npos);
    CHECK(error_of({"cpu", "-w", "1", "-w", "2"}).find("--warning") != std::string::npos);
    CHECK(error_of({"cpu", "-w"}).find("--warning") != std::string::npos);
    CHECK(error_of({"cpu", "-t", "0"}).find("--timeout") != std::string::npos);
    CHECK(error_of({"cpu", "-t", "-1"}).find("--timeout") != std::string::npos);
    CHECK(error_of({"cpu", "-t", "nan"}).find("nan") != std::string::npos);
    CHECK(error_of({"cpu", "--max-output", "1"}).find("--max-output") != std::string::npos);
    CHECK_FALSE(error_of({"cpu", "stray"}).empty());
    CHECK_FALSE(error_of({"cpu", "--guest", "a", "b"}).empty());
    CHECK_FALSE(error_of({"state", "--of", "host"}).empty());  // another mode's
    CHECK_FALSE(error_of({"cpu", "-H", "host"}).empty());
}
