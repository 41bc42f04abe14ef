#include <cstdlib>

#include "core/ring/path.h"
#include "top/source/source.h"

namespace virtscope::top {
namespace {

std::string environment(const char* name) {
    const char* const value = std::getenv(name);
    return value != nullptr ? value : "";
}

std::vector<std::string> default_uris() {
    const std::string uri = environment("VIRTSCOPE_DEFAULT_URI");
    return uri.empty() ? std::vector<std::string>() : std::vector{uri};
}

// Why the default ring is not read, unless there is none or its agent is merely not running.
std::string why_not(const Error& error) {
    if (error.kind == ErrorKind::absent) return {};
    return "sampling without the agent: " + error.message;
}

}  // namespace

Result<std::unique_ptr<FrameSource>> choose_source(const SourceOptions& options) {
    if (!options.uris.empty()) return open_sampler_source(options.uris, {}, options.strip_step);
    if (!options.file.empty()) return open_recording_source(options.file, options.strip_step);
    if (!options.ring.empty() || options.at) return open_ring_source(ring_path(options.ring), options.strip_step);
    auto ring = open_ring_source(ring_path({}), options.strip_step);
    if (!ring) return open_sampler_source(default_uris(), why_not(ring.error()), options.strip_step);
    const auto look = (*ring)->look(std::chrono::seconds(1));
    if (look && (*ring)->more_to_come()) return open_ring_source(ring_path({}), options.strip_step);
    return open_sampler_source(default_uris(), {}, options.strip_step);
}

}  // namespace virtscope::top
