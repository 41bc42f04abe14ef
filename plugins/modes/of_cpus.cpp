#include "plugins/modes/of_cpus.h"

namespace virtscope::checks {
namespace {

std::optional<double> unless_zero(std::optional<double> count) { return count && *count > 0 ? count : std::nullopt; }

}  // namespace

std::optional<double> vcpus_of(const Sight& sight) {
    const auto count = sight.gauge(GuestMetric::vcpus);
    return unless_zero(count ? count : std::optional<double>(sight.who().vcpus));
}

std::optional<double> cpus_of_host(const Sight& sight) {
    const auto count = sight.newest.get(0, HostMetric::cpus);
    return count ? unless_zero(static_cast<double>(*count)) : std::nullopt;
}

Value percent_of_time(std::optional<double> rate, std::optional<double> cpus) {
    if (!rate || !cpus) return {};
    return Value(*rate / 1e9 / *cpus * 100);
}

}  // namespace virtscope::checks
