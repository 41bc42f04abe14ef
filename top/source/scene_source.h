// Where scenes come from: one FrameSource, or several that are looked at side by side.
#pragma once

#include <memory>

#include "top/source/scene.h"
#include "top/source/source.h"

namespace virtscope::top {

// As FrameSource's functions (source.h), for all hosts. A host that fails is a host with `trouble`, not an error, where
// there are several; with one its error is the scene's.
class SceneSource {
public:
    virtual ~SceneSource() = default;

    virtual Result<Scene> look(std::chrono::nanoseconds window) = 0;
    virtual Result<Scene> at(std::int64_t realtime, std::chrono::nanoseconds window) = 0;
    virtual Result<Scene> go(Move move, std::chrono::nanoseconds window) = 0;
    virtual bool more_to_come() = 0;

    // Of the host at that place in the scene.
    virtual Past* past(std::size_t /*host*/) { return nullptr; }
    virtual Result<std::string> ring_for_orders(std::size_t host) const = 0;
};

std::unique_ptr<SceneSource> one_host(std::unique_ptr<FrameSource> source);

// As choose_source() where there is one host; several -c may be several (wanted_host.h), which is a Fleet. A path is a
// ring or a recording. Errors: as choose_source(); of several, URIs that are none. Whoever cannot be reached is no
// error.
Result<std::unique_ptr<SceneSource>> choose_scene_source(const SourceOptions& options);

}  // namespace virtscope::top
