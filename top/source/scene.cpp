#include "top/source/scene.h"

#include <algorithm>

namespace virtscope::top {

bool Scene::is_new() const {
    return std::ranges::any_of(hosts, [](const Host& host) { return host.is_known() && host.picture.is_new; });
}

bool Scene::has_rates() const {
    return std::ranges::all_of(
        hosts, [](const Host& host) { return host.is_known() ? host.picture.has_rates : !host.is_awaited; });
}

bool Scene::is_history() const {
    const auto known = std::ranges::find_if(hosts, &Host::is_known);
    return known != hosts.end() && known->picture.is_history;
}

}  // namespace virtscope::top
