#include "core/catalogue.h"

#include <fstream>
#include <iterator>
#include <set>
#include <string>

#include <doctest/doctest.h>
#include <fmt/format.h>

using namespace virtscope;

TEST_CASE("catalogue: names are unique in their scope, plain, and found again") {
    for (std::size_t s = 0; s < scope_count; ++s) {
        const auto scope = static_cast<Scope>(s);
        CHECK(scope_by_name(scope_name(scope)) == scope);
        CHECK(!metrics(scope).empty());
        std::set<std::string_view> names;
        for (std::size_t column = 0; column < metrics(scope).size(); ++column) {
            const Metric& metric = metrics(scope)[column];
            CAPTURE(std::string(metric.name));
            CHECK(metric.scope == scope);
            CHECK(names.insert(metric.name).second);
            CHECK(metric.name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_") == std::string_view::npos);
            CHECK(column_by_name(scope, metric.name) == column);
            CHECK(!metric.help.empty());
            CHECK(metric.help.find_first_of("\n\"\\") == std::string_view::npos);
        }
    }
    CHECK(!scope_by_name("nothing"));
    CHECK(!column_by_name(Scope::Guest, "nothing"));
}

TEST_CASE("catalogue: enum and row agree") {
    CHECK(metrics(Scope::Guest)[static_cast<std::size_t>(GuestMetric::cpu_wait)].name == "cpu_wait");
    CHECK(metrics(Scope::Nic)[static_cast<std::size_t>(NicMetric::tx_bytes)].name == "tx_bytes");
    CHECK(metrics(Scope::Disk)[static_cast<std::size_t>(DiskMetric::capacity)].kind == Kind::gauge);
}

// Whoever changes the catalogue makes rings of before unreadable: this test is where it is noticed.
TEST_CASE("catalogue: the fingerprint is the one rings were written with") {
    CHECK(catalogue_fingerprint() == 0x6987b20de3f2b662ULL);
}

// docs/metrics.md says of each metric which hypervisor tells it, and why another does not.
TEST_CASE("every metric has its row in docs/metrics.md, with its help") {
    std::ifstream file(VIRTSCOPE_DOCS "/metrics.md");
    const std::string text{std::istreambuf_iterator<char>(file), {}};
    std::size_t rows = 0;
    for (std::size_t at = text.find("\n| `"); at != std::string::npos; at = text.find("\n| `", at + 1)) ++rows;
    std::size_t metrics_there_are = 0;
    for (std::size_t scope = 0; scope < scope_count; ++scope) {
        for (const Metric& metric : metrics(static_cast<Scope>(scope))) {
            ++metrics_there_are;
            const std::string row = fmt::format("\n| `{}.{}` | ", scope_name(metric.scope), metric.name);
            const std::size_t at = text.find(row);
            REQUIRE_MESSAGE(at != std::string::npos, row);
            const std::string line = text.substr(at + 1, text.find('\n', at + 1) - at - 1);
            CHECK_MESSAGE(line.ends_with(fmt::format("| {} |", metric.help)), line);
        }
    }
    CHECK(rows == metrics_there_are);
}
