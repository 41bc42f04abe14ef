#include "exporters/collectd/selection.h"

#include <algorithm>

namespace virtscope::exporters::collectd {

Result<> Selected::add(std::string_view pattern) {
    auto parsed = Pattern::parse(pattern);
    if (!parsed) return std::unexpected(parsed.error());
    patterns_.push_back(std::move(*parsed));
    return {};
}

bool Selected::keeps(const std::string& name, bool ignore_selected) const {
    if (patterns_.empty()) return true;
    const bool listed = std::ranges::any_of(patterns_, [&](const Pattern& pattern) { return pattern.matches(name); });
    return listed != ignore_selected;
}

bool Selected::keeps(const std::string& name, const Uuid& uuid, bool ignore_selected) const {
    if (patterns_.empty()) return true;
    const bool meant =
        std::ranges::any_of(patterns_, [&](const Pattern& pattern) { return pattern.means(name, uuid); });
    return meant != ignore_selected;
}

}  // namespace virtscope::exporters::collectd
