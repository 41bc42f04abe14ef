// The command line: what is understood, and that whatever is not is refused in one line that names it.
#include <doctest/doctest.h>

#include <algorithm>
#include <cstdlib>

#include "plugins/check.h"
#include "plugins/command/mode.h"
#include "plugins/command/request.h"

using namespace virtscope;
using namespace virtscope::checks;

namespace {

Request request_of(std::vector<std::string> arguments) {
    auto parsed = parse_arguments(arguments);
    REQUIRE_MESSAGE(parsed, parsed.error().message);
    return std::get<Request>(*parsed);
}

std::string told(std::vector<std::string> arguments) {
    auto parsed = parse_arguments(arguments);
    REQUIRE(parsed);
    return std::get<Told>(*parsed).text;
}

std::vector<std::string> texts(const std::vector<GuestPattern>& patterns) {
    std::vector<std::string> all;
    for (const GuestPattern& pattern : patterns) all.push_back(pattern.text());
    return all;
}

// A wrong command line, and what its one line must hold: the argument, and the form that is wanted.
struct Refusal {
    std::vector<std::string> arguments;
    const char* names;
    const char* wants;
};

const std::vector<Refusal> refusals{
    {{}, "no mode given", "want one of state, cpu"},
    {{"disk"}, "'disk' is no mode", "want one of state, cpu"},
    {{"cpu", "-w", ""}, "--warning", "want [@]start:end"},
    {{"cpu", "-w", ":"}, "--warning :", "want [@]start:end"},
    {{"cpu", "-w", "10,"}, "--warning", "want [@]start:end"},
    {{"cpu", "-c", "9x"}, "--critical 9x: '9x' is no range", "unit: %"},
    {{"cpu", "-c", "20:10"}, "--critical 20:10", "want [@]start:end"},
    {{"cpu", "-c", "nan"}, "--critical nan", "want [@]start:end"},
    {{"cpu", "-c", "1e3"}, "--critical 1e3", "want [@]start:end"},
    {{"cpu", "-w", "speed=3"}, "nothing here is called 'speed'", "one of cpu, user, system"},
    {{"cpu", "-w", "cpu="}, "--warning cpu=", "want [@]start:end"},
    {{"cpu", "-w", "=3"}, "nothing here is called ''", "LABEL=RANGE"},
    {{"block", "-w", "latency=3MB"}, "--warning latency=3MB", "units: us, ms, s, min, h, d"},
    {{"block", "-w", "errors=3s"}, "--warning errors=3s", "without a unit"},
    {{"cpu", "-w"}, "--warning", "required"},
    {{"cpu", "-t", "0"}, "--timeout", "1"},
    {{"cpu", "-t", "-1"}, "--timeout", ""},
    {{"cpu", "-t", "3601"}, "--timeout", "3600"},
    {{"cpu", "-t", "nan"}, "nan", ""},
    {{"cpu", "--max-output", "1"}, "--max-output", "512"},
    {{"cpu", "--top", "0"}, "--top", "1"},
    {{"cpu", "--top", "many"}, "many", ""},
    {{"cpu", "--window", "fast"}, "--window fast", "from 1s to 24h"},
    {{"cpu", "--window", ""}, "--window", "want a value"},
    {{"cpu", "--window", "0"}, "--window 0", "from 1s to 24h"},
    {{"cpu", "--stat", "median"}, "--stat median", "avg, min, max, last or a percentile as in p95"},
    {{"cpu", "--stat", "p0"}, "--stat p0", "as in p95"},
    {{"cpu", "--stat", "p101"}, "--stat p101", "as in p95"},
    {{"cpu", "--stat", "p9x"}, "--stat p9x", "as in p95"},
    {{"cpu", "--output-format", "xml"}, "--output-format xml", "multi-line, json or mp-test-json"},
    {{"cpu", "--guest", "/(/"}, "--guest", "/(/"},
    {{"cpu", "--guest", ""}, "--guest", ""},
    {{"cpu", "--exclude", "/[/"}, "--exclude", "/[/"},
    {{"cpu", "-H", "db.example.org"}, "-H db.example.org", "ring:///PATH"},
    {{"cpu", "-H", "localhost", "--ring", "/r"}, "-H and --ring", "one of them"},
    {{"cpu", "stray"}, "stray", ""},
    {{"cpu", "--guest", "a", "b"}, "b", ""},
    {{"cpu", "--nonsense"}, "--nonsense", ""},
    {{"cpu", "--wa", "3"}, "UNKNOWN: --wa: no argument of check_virt cpu", ""},
    {{"cpu", "--ring", ""}, "--ring", "want a value"},
    {{"cpu", "--ring="}, "--ring", ""},
    {{"cpu", "-H", ""}, "--hostname", "want a value"},
    {{"cpu", "--stat", ""}, "--stat", "want a value"},
    {{"cpu", "--passive", ""}, "--passive", "want a value"},
    {{"cpu", "--passive-service", ""}, "--passive-service", "want a value"},
    {{"cpu", "-w", "10,20"}, "--warning 10,20: two ranges for cpu", "one of cpu, user"},
    {{"cpu", "-c", "user=1,3,user=2"}, "--critical user=1,3,user=2: two ranges for user", "one of cpu, user"},
    {{"state", "--of", "host"}, "--of", ""},
    {{"state", "--window", "60s"}, "--window", ""},
    {{"cpu", "--device", "vda"}, "--device", ""},
    {{"agent", "--guest", "web01"}, "--guest", ""},
    {{"host", "--top", "3"}, "--top", ""},
    {{"cpu", "-w", "x\ny|z`;$(id)"}, "--warning", "want [@]start:end"},
};

}  // namespace

TEST_CASE("common options") {
    const Request request = request_of({"cpu", "--ring", "/r", "-w", "80", "-c", "~:95", "--guest", "a", "--guest=b*",
                                        "--exclude", "c", "-vv", "-t", "3", "--of", "host", "--top", "4", "--worst", "--why"});
    CHECK(request.mode->name == "cpu");
    CHECK(request.ring == "/r");
    CHECK(request.thresholds.of("cpu").warning->text == "80");
    CHECK(request.thresholds.of("cpu").critical->text == "~:95");
    CHECK(texts(request.guests) == std::vector<std::string>{"a", "b*"});
    CHECK(texts(request.excluded) == std::vector<std::string>{"c"});
    CHECK(request.verbosity == 2);
    CHECK(request.timeout == 3);
    CHECK(request.option("--of") == "host");
    CHECK(request.window == std::chrono::seconds(60));
    CHECK(request.top == 4);
    CHECK(request.worst);
    CHECK(request.why);
}

TEST_CASE("defaults") {
    ::setenv("VIRTSCOPE_RING", "/from/environment", 1);
    const Request request = request_of({"state"});
    ::unsetenv("VIRTSCOPE_RING");
    CHECK(request.ring == "/from/environment");
    CHECK(request.timeout == 8);
    CHECK(request.verbosity == 0);
    CHECK(request.text_limit() == 8192);
    CHECK(request.passive_service == "virt state");
    CHECK_FALSE(request.thresholds.of("running").given());
    CHECK(request_of({"state"}).ring == "/var/lib/virtscope/ring");
    CHECK(request_of({"state", "-v", "-v", "-v"}).verbosity == 3);
    CHECK(request_of({"cpu", "-w", "-5:10"}).thresholds.of("cpu").warning->start == -5);
    CHECK(request_of({"agent"}).window == std::chrono::minutes(5));
}

TEST_CASE("an option given twice counts as given last; thresholds by label") {
    CHECK(request_of({"cpu", "-w", "1", "-w", "2"}).thresholds.of("cpu").warning->text == "2");
    CHECK(request_of({"cpu", "-t", "2", "-t", "4"}).timeout == 4);
    CHECK(request_of({"cpu", "--window", "5s", "--window", "9s"}).window == std::chrono::seconds(9));
    const Request request = request_of({"block", "-w", "latency=20ms,write_bytes=64MiB", "-w", "read_ops=100", "-c", "0.5"});
    CHECK(request.thresholds.of("latency").warning->text == "0.02");
    CHECK(request.thresholds.of("latency").critical->text == "0.5");
    CHECK(request.thresholds.of("write_bytes").warning->text == "67108864");
    CHECK(request.thresholds.of("read_ops").warning->text == "100");
    CHECK(request.thresholds.of("errors").warning->text == "0");
    CHECK_FALSE(request.thresholds.of("flush_latency").given());
    // The preset of a label that was named does not come back for the other level.
    CHECK_FALSE(request_of({"block", "-c", "errors=5"}).thresholds.of("errors").warning);
}

TEST_CASE("-H is a ring on this machine") {
    CHECK(request_of({"state", "-H", "ring:///srv/ring"}).ring == "/srv/ring");
    CHECK(request_of({"state", "-H", "/srv/ring"}).ring == "/srv/ring");
    for (const char* const here : {"localhost", "127.0.0.1", "::1"}) CHECK(request_of({"state", "-H", here}).ring == "/var/lib/virtscope/ring");
}

TEST_CASE("windows") {
    const auto window = [](const char* text) { return request_of({"cpu", "--window", text}).window; };
    CHECK(window("90") == std::chrono::seconds(90));
    CHECK(window("60s") == std::chrono::seconds(60));
    CHECK(window("5m") == std::chrono::minutes(5));
    CHECK(window("5min") == std::chrono::minutes(5));
    CHECK(window("24h") == std::chrono::hours(24));
    CHECK(window("1500ms") == std::chrono::milliseconds(1500));
}

TEST_CASE("help and version are answers, for each mode too") {
    CHECK(told({"-h"}) == told({"--help"}));
    CHECK(told({"-V"}).starts_with("check_virt (virtscope) "));
    for (const Mode& mode : all_modes()) {
        const std::string name(mode.name);
        CHECK(told({"-h"}).find("\n  " + name + " ") != std::string::npos);
        const std::string help = told({name, "--help"});
        CHECK(help.find("--ring") != std::string::npos);
        CHECK(help.find("Example: check_virt " + name + " " + std::string(mode.example)) != std::string::npos);
        for (const Measure& measure : mode.measures) CHECK(help.find(measure.label) != std::string::npos);
        for (const Flag& flag : mode.flags) CHECK(help.find(flag.name) != std::string::npos);
        CHECK(told({name, "--version"}).starts_with("check_virt (virtscope) "));
    }
}

TEST_CASE("a wrong command line is UNKNOWN in one line that names the argument and the form, without a usage text") {
    for (const Refusal& refusal : refusals) {
        const Answer answer = check(refusal.arguments, [] { return Now{}; }, [](unsigned) {});
        CHECK(answer.status == Status::unknown);
        CHECK_MESSAGE(answer.text.starts_with("VIRT UNKNOWN: "), answer.text);
        CHECK_MESSAGE(answer.text.find(refusal.names) != std::string::npos, answer.text);
        CHECK_MESSAGE(answer.text.find(refusal.wants) != std::string::npos, answer.text);
        CHECK_MESSAGE(std::ranges::count(answer.text, '\n') == 1, answer.text);
        CHECK_MESSAGE(answer.text.find_first_of("|`;$") == std::string::npos, answer.text);
        CHECK(answer.text.find("Usage") == std::string::npos);
    }
}
