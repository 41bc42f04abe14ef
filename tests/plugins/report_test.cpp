#include <doctest/doctest.h>

#include <algorithm>

#include "plugins/answer/report.h"

using namespace virtscope::checks;

namespace {

Finding finding(Status status, std::string name, std::string text) {
    return {.status = status, .name = std::move(name), .text = std::move(text), .detail = "detail"};
}

Report sample() {
    Report report;
    report.mode = "STATE";
    report.headline = "1 of 3 guests running";
    report.findings = {finding(Status::ok, "web01", "is running"), finding(Status::warning, "db02", "is paused"),
                       finding(Status::critical, "mail03", "has crashed")};
    report.details = {"ring: x"};
    report.perf = {{"running", 1, "", nullptr, 0, std::nullopt}};
    return report;
}

std::string first_line(const std::string& text) { return text.substr(0, text.find('\n')); }

}  // namespace

TEST_CASE("the first line names the status, the worst and the perfdata") {
    CHECK(render(sample(), 0, default_output_limit) ==
          "VIRT STATE CRITICAL: 1 of 3 guests running: mail03 has crashed | running=1;;;0\n"
          "WARNING: db02 is paused\n"
          "CRITICAL: mail03 has crashed\n");
}

TEST_CASE("verbosity adds guests, then details, then details of guests") {
    const std::string all = render(sample(), 1, default_output_limit);
    CHECK(all.find("OK: web01 is running") != std::string::npos);
    CHECK(all.find("ring: x") == std::string::npos);
    const std::string details = render(sample(), 2, default_output_limit);
    CHECK(details.find("ring: x") != std::string::npos);
    CHECK(details.find("(detail)") == std::string::npos);
    CHECK(render(sample(), 3, default_output_limit).find("OK: web01 is running (detail)") != std::string::npos);
}

TEST_CASE("a report in which nothing was judged is UNKNOWN") {
    CHECK(Report{}.status() == Status::unknown);
    CHECK(render(Report{}, 0, default_output_limit).starts_with("VIRT  UNKNOWN"));
}

TEST_CASE("long output stays within its limit and says what was left out") {
    Report report = sample();
    for (int i = 0; i < 2000; ++i) {
        report.findings.push_back(finding(Status::critical, "guest" + std::to_string(i), "has crashed"));
        report.perf.push_back({"guest" + std::to_string(i), 1.5, "%", nullptr, std::nullopt, std::nullopt});
    }
    for (const std::size_t limit : {std::size_t{512}, std::size_t{1024}, default_output_limit, std::size_t{65536}}) {
        for (const unsigned verbosity : {0U, 3U}) {
            const std::string text = render(report, verbosity, limit);
            CHECK(text.size() <= limit + 1);
            CHECK(first_line(text).size() <= longest_first_line);
            CHECK(text.find("Left out") != std::string::npos);
            CHECK(text.find("and 1998 more") != std::string::npos);
        }
    }
    const std::string whole = render(report, 0, 1 << 20);
    CHECK(whole.find("Left out") == std::string::npos);
    CHECK(whole.find("guest1999=1.5%") != std::string::npos);
    // One '|' in the first line, one before the rest of the perfdata.
    CHECK(std::ranges::count(whole, '|') == 2);
}

TEST_CASE("much perfdata without long output still stands behind a second bar") {
    Report report = sample();
    report.findings = {finding(Status::ok, "a", "b")};
    for (int i = 0; i < 400; ++i) {
        report.perf.push_back({"guest" + std::to_string(i), 1.5, "%", nullptr, std::nullopt, std::nullopt});
    }
    const std::string text = render(report, 0, 1 << 20);
    CHECK(text.find("\nMore performance data: | ") != std::string::npos);
    CHECK(text.find("guest399=1.5%") != std::string::npos);
}

TEST_CASE("text from guests cannot break the line, the shell or the terminal") {
    CHECK(harmless("a\"b|c\n\x1b[31m") == "a\"b?c??[31m");
    CHECK(harmless("`x`;$HOME|y") == "?x???HOME?y");
    CHECK(harmless("grün") == "grün");
    CHECK(harmless(std::string(1000, 'x'), 64).size() == 64);
}
