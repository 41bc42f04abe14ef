// Lines against collectd's grammar, as an exec plugin's reader has it.
#include "exporters/collectd/putval.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <limits>
#include <optional>
#include <random>
#include <vector>

#include "exporters/collectd/identifier.h"

using namespace virtscope::exporters::collectd;

namespace {

constexpr std::size_t longest_line = 1200;  // bytes that collectd reads at once

// Words of a line: between blanks, or quoted with \ before what is meant itself; nothing if it is not of the grammar.
std::optional<std::vector<std::string>> split(std::string_view line) {
    std::vector<std::string> words;
    bool quoted = false, within = false;
    for (std::size_t i = 0; i < line.size(); ++i) {
        const char c = line[i];
        if (!quoted && c == ' ') {
            within = false;
            continue;
        }
        if (!within) words.emplace_back();
        within = true;
        if (c == '"') quoted = !quoted;
        else if (c == '\\' && quoted && i + 1 < line.size()) words.back() += line[++i];
        else words.back() += c;
    }
    if (quoted) return std::nullopt;
    return words;
}

std::string line_of(const Sample& sample) {
    std::string line;
    append_putval(line, sample);
    if (line.find('\n') != line.size() - 1) FAIL(line);
    line.pop_back();
    return line;
}

}  // namespace

TEST_CASE("PUTVAL") {
    const Value values[] = {{.derive = 12}, {.derive = 9'007'199'254'740'993}};
    CHECK(line_of({"web01", "virt", "", "disk_ops", "vda", values, 1'700'000'000'123'456'789, 10'000'000'000}) ==
          "PUTVAL \"web01/virt/disk_ops-vda\" interval=10.000000 1700000000.123456:12:9007199254740993");
    const Value gauges[] = {{.is_gauge = true, .gauge = 0.25},
                            {.is_gauge = true, .gauge = std::numeric_limits<double>::quiet_NaN()}};
    CHECK(line_of({"h", "virtscope", "web 1", "virt_disk_latency", "", gauges, 5'000'001'000, 100'000'000}) ==
          "PUTVAL \"h/virtscope-web 1/virt_disk_latency\" interval=0.100000 5.000001:0.25:U");
}

TEST_CASE("PUTNOTIF") {
    std::string line;
    append_putnotif(line, {Severity::warning, 7'000'000'000, "h", "virtscope", "", "domain_state", "say \"hi\" \\o/"});
    CHECK(line == "PUTNOTIF severity=warning time=7.000000 host=\"h\" plugin=\"virtscope\" type=\"domain_state\" "
                  "message=\"say \\\"hi\\\" \\\\o/\"\n");
}

TEST_CASE("a million hostile names: the identifier that is read is the one that was meant") {
    std::mt19937 random(3);
    const auto hostile = [&] {
        std::string name(random() % 160, 'x');
        for (char& c : name) c = "\"\\ /-=:\n\r\t\x01\xffx.U"[random() % 16];
        return field(name);
    };
    const Value values[] = {{.derive = 1}};
    for (int round = 0; round < 350'000; ++round) {
        const std::string host = hostile(), plugin_instance = hostile(), type_instance = hostile();
        const std::string line = line_of({host, "virtscope", plugin_instance, "virt_vcpu", type_instance, values, 1, 1});
        REQUIRE(line.size() < longest_line);
        const auto words = split(line);
        REQUIRE(words);
        REQUIRE(words->size() == 4);
        REQUIRE((*words)[0] == "PUTVAL");
        REQUIRE((*words)[1] == host + "/virtscope-" + plugin_instance + "/virt_vcpu-" + type_instance);
        REQUIRE(std::ranges::count((*words)[1], '/') == 2);
        std::string notice;
        append_putnotif(notice, {Severity::okay, 1, host, "virtscope", plugin_instance, "agent", type_instance});
        REQUIRE(split(std::string_view(notice).substr(0, notice.size() - 1))->back() == "message=" + type_instance);
    }
}
