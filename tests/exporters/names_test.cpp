#include "exporters/base/names.h"

#include <doctest/doctest.h>

#include <cctype>
#include <limits>
#include <set>

#include "exporters/base/infos.h"

using namespace virtscope;
using namespace virtscope::exporters;

namespace {

std::string decimal(std::uint64_t cell, std::uint64_t divisor) {
    std::string out;
    append_decimal(out, cell, divisor);
    return out;
}

bool is_snake_case(std::string_view name) {
    for (const char c : name) {
        if (!(std::islower(static_cast<unsigned char>(c)) || std::isdigit(static_cast<unsigned char>(c)) || c == '_'))
            return false;
    }
    return !name.empty() && !name.contains("__");
}

}  // namespace

TEST_CASE("a name follows from scope, name, unit and kind") {
    CHECK(exported(GuestMetric::cpu_time).name == "virt_guest_cpu_time_seconds_total");
    CHECK(exported(GuestMetric::cpu_time).family == "virt_guest_cpu_time_seconds");
    CHECK(exported(GuestMetric::cpu_time).unit == "seconds");
    CHECK(exported(DiskMetric::read_bytes).name == "virt_disk_read_bytes_total");
    CHECK(exported(HostMetric::memory_available).name == "virt_host_memory_available_bytes");
    CHECK(exported(HostMetric::cpu_frequency).name == "virt_host_cpu_frequency_hertz");
    CHECK(exported(HostMetric::load1).name == "virt_host_load1");
    CHECK(exported(GuestMetric::start_time).name == "virt_guest_start_time_seconds");
    CHECK(exported(GuestMetric::swap_in).name == "virt_guest_swap_in_bytes_total");
    CHECK(exported(VcpuMetric::wait).name == "virt_vcpu_wait_seconds_total");
    CHECK(exported(CpuMetric::idle).name == "virt_cpu_idle_seconds_total");
    CHECK(exported(AgentMetric::ring_bytes).name == "virt_agent_ring_bytes_total");
    CHECK(exported(GuestMetric::state).is_state);
}

TEST_CASE("every metric of the catalogue is exported, once, by the rules of names") {
    std::set<std::string> families, names;
    std::size_t count = 0;
    for (std::size_t s = 0; s < scope_count; ++s) {
        const auto scope = static_cast<Scope>(s);
        REQUIRE(exported_metrics(scope).size() == metrics(scope).size());
        for (std::size_t c = 0; c < metrics(scope).size(); ++c) {
            const ExportedMetric& metric = exported_metrics(scope)[c];
            INFO(metric.name);
            CHECK((metric.scope == scope && metric.column == c));
            CHECK(is_snake_case(metric.name));
            CHECK(families.insert(metric.family).second);
            CHECK(names.insert(metric.name).second);
            CHECK(metric.name.ends_with("_total") == (metric.kind == Kind::counter));
            CHECK((metric.unit.empty() || metric.family.ends_with("_" + std::string(metric.unit))));
            CHECK(!metric.help.empty());
            ++count;
        }
    }
    CHECK(count == exported_metrics().size());
    for (const InfoFamily& info : info_families()) {
        CHECK(families.insert(std::string(info.family)).second);
        CHECK(names.insert(std::string(info.family) + "_info").second);
    }
}

TEST_CASE("values in base units are exact") {
    CHECK(decimal(0, 1) == "0");
    CHECK(decimal(17, 1) == "17");
    CHECK(decimal(12'000'000'345, 1'000'000'000) == "12.000000345");
    CHECK(decimal(1'500'000'000, 1'000'000'000) == "1.5");
    CHECK(decimal(1'000'000'000, 1'000'000'000) == "1");
    CHECK(decimal(1'500, 1000) == "1.5");
    CHECK(decimal(7, 1000) == "0.007");
    CHECK(decimal(std::numeric_limits<std::uint64_t>::max(), 1) == "18446744073709551615");
    CHECK(decimal(std::numeric_limits<std::uint64_t>::max(), 1'000'000'000) == "18446744073.709551615");
    CHECK(in_base_unit(exported(HostMetric::load1), 1500) == doctest::Approx(1.5));
}
