#include "top/print/host_news.h"

namespace virtscope::top {

std::vector<std::string> HostNews::since(const Scene& scene) {
    std::vector<std::string> lines;
    if (!scene.is_fleet()) return lines;
    troubled_.resize(scene.hosts.size());
    for (std::size_t i = 0; i < scene.hosts.size(); ++i) {
        const Host& host = scene.hosts[i];
        const bool troubled = !host.trouble.empty() && !host.is_awaited;
        if (troubled != troubled_[i]) lines.push_back(host.label + ": " + (troubled ? host.trouble : "is there again"));
        troubled_[i] = troubled;
    }
    return lines;
}

}  // namespace virtscope::top
