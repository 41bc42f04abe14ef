#include "top/options/options.h"

#include <vector>

#include <doctest/doctest.h>

using namespace virtscope;
using namespace virtscope::top;
using namespace std::chrono_literals;

namespace {

virtscope::Result<Parsed> parse(std::vector<const char*> words) {
    words.insert(words.begin(), "virt-top");
    return parse_options(static_cast<int>(words.size()), words.data(), [](const char*) { return nullptr; });
}

std::string refusal(std::vector<const char*> words) {
    const auto parsed = parse(std::move(words));
    return parsed ? std::string() : parsed.error().message;
}

}  // namespace

TEST_CASE("without arguments: a screen each 3 seconds by %CPU, for ever") {
    const auto parsed = parse({});
    REQUIRE(parsed);
    CHECK(parsed->print.empty());
    CHECK(parsed->options.mode == Mode::screen);
    CHECK(parsed->options.delay == 3s);
    CHECK_FALSE(parsed->options.iterations);
    CHECK(parsed->options.sort.empty());
}

TEST_CASE("virt-top's options mean what they mean there") {
    const auto parsed = parse({"-b", "-c", "test:///default", "-d", "0.25", "-n", "7", "-o", "memory",
                               "--block-in-bytes", "--csv", "out.csv"});
    REQUIRE(parsed);
    const Options& options = parsed->options;
    CHECK(options.mode == Mode::batch);
    CHECK(options.source.uris == std::vector<std::string>{"test:///default"});
    CHECK(options.delay == 250ms);
    CHECK(options.iterations == 7u);
    CHECK(options.sort == "memory");
    CHECK(options.figures.block_bytes);
    CHECK(options.csv.file == "out.csv");
    CHECK(parse({"--stream", "-b"})->options.mode == Mode::stream);
    CHECK(parse({"--script", "--csv", "x"})->options.mode == Mode::script);
    CHECK_FALSE(parse({"-n", "-1"})->options.iterations);
    CHECK(parse({"--connect", "kvm:///"})->options.source.uris.size() == 1);
    CHECK(parse({"-d", "1", "-d", "2"})->options.delay == 2s);
}

TEST_CASE("a recording and a time") {
    const auto parsed = parse({"--file", "night", "--at", "2026-11-23T03:12:05Z", "-b", "-n", "1"});
    REQUIRE(parsed);
    CHECK(parsed->options.source.file == "night");
    CHECK(parsed->options.source.at == 1'795'403'525'000'000'000);
    CHECK(parse({"--at", "-10m", "--ring", "r"})->options.source.at);
    CHECK_FALSE(parse({})->options.source.at);
}

TEST_CASE("orders: to which socket, and whether at all") {
    CHECK(parse({})->options.control.empty());
    CHECK_FALSE(parse({})->options.readonly);
    const auto parsed = parse({"--control", "/run/c", "--readonly"});
    REQUIRE(parsed);
    CHECK(parsed->options.control == "/run/c");
    CHECK(parsed->options.readonly);
}

TEST_CASE("views, filters and what the terminal is spared") {
    CHECK(parse({"-1"})->options.view == View::pcpus);
    CHECK(parse({"-2"})->options.view == View::nics);
    CHECK(parse({"-3"})->options.view == View::disks);
    CHECK(parse({"--vcpus"})->options.view == View::vcpus);
    CHECK(parse({"-1", "-3"})->options.view == View::disks);  // the last one, as everywhere
    CHECK(parse({"-n", "-1"})->options.view == View::guests);
    CHECK(parse({"-b1"})->options.view == View::pcpus);
    const auto parsed =
        parse({"--guest", "a", "--guest", "b*", "--filter", "state:paused !db", "--hist-cpu", "5", "--no-color",
               "--ascii", "--no-mouse", "--no-hints", "--theme", "mono", "-s", "--debug", "log"});
    REQUIRE(parsed);
    const Options& options = parsed->options;
    CHECK(options.guests == std::vector<std::string>{"a", "b*"});
    CHECK(options.filter.text() == "state:paused !db");
    CHECK(options.source.strip_step == 5s);
    CHECK_FALSE((options.drawing.mouse || options.drawing.hints));
    CHECK(options.drawing.color == ColourChoice::never);
    CHECK(options.drawing.ascii);
    CHECK(options.drawing.theme == "mono");
    CHECK((options.secure && options.readonly));
    CHECK(options.debug == "log");
    CHECK(parse({"--end-time", "+10"})->options.end_time == EndTime{true, 10'000'000'000});
    const CsvOptions csv = parse({"--csv", "f", "--csv-format", "long", "--no-csv-mem"})->options.csv;
    CHECK(csv.format == CsvFormat::rows);
    CHECK((csv.cpu && !csv.memory && csv.block && csv.net));
}

TEST_CASE("-o takes virt-top's names and those of every list's columns") {
    for (const char* name : {"cpu", "processor", "mem", "memory", "time", "id", "name", "netrx", "nettx", "blockrdrq",
                             "blockwrrq", "steal"}) {
        CAPTURE(name);
        CHECK(parse({"-o", name}));
    }
    const std::string all = parse({"-o", "help"})->print;
    CHECK(all.find("\nsteal\n") != std::string::npos);
    std::string name;
    for (const char c : all) {
        if (c != '\n') {
            name += c;
            continue;
        }
        CAPTURE(name);
        CHECK(parse({"-o", name.c_str()}));
        name.clear();
    }
}

TEST_CASE("help and version are printed, not run") {
    CHECK(parse({"--help"})->print.find("--block-in-bytes") != std::string::npos);
    CHECK(parse({"--help"})->print.find("Exit codes: ") != std::string::npos);
    CHECK(parse({"--version"})->print == "virt-top (virtscope) " VIRTSCOPE_VERSION "\n");
}

TEST_CASE("what is wrong is named, with what would be right, in one line") {
    for (const char* bad : {"", "x", "0", "-3", "nan", "inf", "1e9", "3s", "0x3", " 3"}) {
        CAPTURE(bad);
        CHECK(refusal({"-d", bad}) ==
              "-d '" + std::string(bad) + "': must be seconds, more than 0 and at most 1000000, such as 3 or 0.5");
    }
    for (const char* bad : {"", "0", "-2", "1.5", "many", "99999999999999999999"}) {
        CAPTURE(bad);
        CHECK(refusal({"-n", bad}) ==
              "-n '" + std::string(bad) + "': must be a number of iterations from 1, or -1 for no end");
    }
    CHECK(refusal({"-o", "CPU"}).starts_with("-o 'CPU': must be one of host, id, "));
    CHECK(refusal({"-o", "\x1b[2J"}).starts_with("-o '?[2J'"));
    CHECK(refusal({"--script"}) == "--script shows nothing: it needs --csv FILE");
    CHECK(refusal({"--ring", "r", "-c", "kvm:///"}).starts_with("--ring and --connect exclude each other"));
    CHECK(refusal({"--file", "f", "-c", "kvm:///"}).starts_with("--file and --connect exclude each other"));
    CHECK(refusal({"--file", "f", "--ring", "r"}).starts_with("--file and --ring exclude each other"));
    CHECK(parse({"--at", "now", "-c", "kvm:///", "-c", "/run/ring"}));
    CHECK(refusal({"--at", "now", "-c", "kvm:///"}).starts_with("--at and --connect exclude each other"));
    CHECK(refusal({"--file", ""}).starts_with("--file '': "));
    CHECK(refusal({"--at", "soon"}).starts_with("--at 'soon' is no time"));
    CHECK(refusal({"--at", "\x1b[2J"}).find('\x1b') == std::string::npos);
    CHECK(refusal({"--end-time", "soon"}).starts_with("--end-time 'soon': must be \"YYYY-MM-DD HH:MM:SS\", "));
    CHECK(refusal({"--hist-cpu", "-1"}).starts_with("--hist-cpu '-1': must be seconds"));
    CHECK(refusal({"--csv-format", "wide"}) == "--csv-format 'wide': must be one of classic, long");
    CHECK(refusal({"--filter", "/(/"}).starts_with("--filter "));
    CHECK(refusal({"--guest", ""}) == "--guest '': must be a name, * and ? allowed");
    CHECK(refusal({"-c", ""}) == "-c '': must be a URI such as qemu:///system");
    CHECK(refusal({"--hue"}).find("--hue") != std::string::npos);
    CHECK(refusal({"stray"}).find("stray") != std::string::npos);
    CHECK(refusal({"--csv"}).find("--csv") != std::string::npos);
    CHECK(refusal({"a\nb"}).find('\n') == std::string::npos);
}
