#include "exporters/base/filter.h"

namespace virtscope::exporters {

Result<Filter> Filter::make(const FilterWords& words) {
    Filter filter;
    auto guests = Choice::parse(words.guests, "--guest");
    if (!guests) return std::unexpected(guests.error());
    if (auto excluded = guests->exclude(words.excluded, "--exclude"); !excluded)
        return std::unexpected(excluded.error());
    auto devices = Choice::parse(words.devices, "--device");
    if (!devices) return std::unexpected(devices.error());
    auto metrics = Choice::parse(words.metrics, "--metric");
    if (!metrics) return std::unexpected(metrics.error());
    filter.guests_ = std::move(*guests);
    filter.devices_ = std::move(*devices);
    filter.metrics_ = std::move(*metrics);
    return filter;
}

bool Filter::allows_instance(Scope scope, const std::string& name) const {
    return scope == Scope::Vcpu || guest_list(scope) == nullptr || devices_.allows(name);
}

}  // namespace virtscope::exporters
