// Where pictures come from: the agent's ring, or a sampler of our own where there is no agent.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "core/result.h"
#include "top/picture.h"

namespace virtscope::top {

class FrameSource {
public:
    virtual ~FrameSource() = default;

    // What is known now, with rates over about `window`, or since the picture before if that is as long ago.
    // A ring costs a read; a sampler samples, which may take DriverOptions::monitor_deadline. Errors:
    // only while there is nothing to show yet; later the last picture comes again, with a notice.
    virtual Result<Picture> look(std::chrono::nanoseconds window) = 0;

    // Whether a frame that look() has not shown may come by waiting. False: the agent is silent.
    virtual bool more_to_come() = 0;
};

struct SourceOptions {
    std::vector<std::string> uris;  // -c: sample these
    std::string ring;               // --ring
};

// -c, else --ring, else the default ring (core/ring/path.h) if its agent lives, else a sampler
// ($VIRTSCOPE_DEFAULT_URI, else all hypervisors of this host). Errors: those of --ring, or of opening the URI.
Result<std::unique_ptr<FrameSource>> choose_source(const SourceOptions& options);

Result<std::unique_ptr<FrameSource>> open_ring_source(const std::string& path);
// `notice` is added to every picture: why we sample instead of reading.
Result<std::unique_ptr<FrameSource>> open_sampler_source(const std::vector<std::string>& uris, std::string notice);

}  // namespace virtscope::top
