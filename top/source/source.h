// Where pictures come from: the agent's ring or a recording cut from one, or a sampler of our own where there is
// no agent.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/result.h"
#include "top/source/cpu_strip.h"
#include "top/source/move.h"
#include "top/source/past.h"
#include "top/source/picture.h"

namespace virtscope::top {

class FrameSource {
public:
    virtual ~FrameSource() = default;

    // What is known now, with rates over about `window`, or since the picture before if that is as long ago.
    // A ring costs a read; a sampler samples, which may take DriverOptions::monitor_deadline. Errors:
    // only while there is nothing to show yet; later the last picture comes again, with a notice.
    virtual Result<Picture> look(std::chrono::nanoseconds window) = 0;

    // Goes to the newest moment not after `realtime` (ns since the epoch), to stay there: look() gives the same
    // again until go() leads on, or until it is overwritten. Errors: absent, names the times there are;
    // unsupported where there is no past.
    virtual Result<Picture> at(std::int64_t realtime, std::chrono::nanoseconds window) = 0;

    // Goes elsewhere from the moment that was shown last, which must have been one but for Move::oldest. Past the
    // newest frame is the present; a recording stays at its end. Errors: as at(), and nothing has changed; absent where
    // there is no event to go to.
    virtual Result<Picture> go(Move move, std::chrono::nanoseconds window) = 0;

    // Whether a frame that look() has not shown may come by waiting. False: the agent is silent, or this is history.
    virtual bool more_to_come() = 0;

    // What lies behind the pictures; null: nothing is known of it. Lives as long as the source, and may be asked by
    // another thread.
    virtual Past* past() { return nullptr; }

    // The ring in which is seen what becomes of an order: its agent takes them. Errors: unsupported, says why there
    // is none.
    virtual Result<std::string> ring_for_orders() const = 0;
};

struct SourceOptions {
    std::vector<std::string> uris{};                           // -c: sample these
    std::string ring{};                                        // --ring
    std::string file{};                                        // --file
    std::optional<std::int64_t> at{};                          // --at, ns since the epoch
    std::chrono::nanoseconds strip_step = default_strip_step;  // --hist-cpu: between past %CPU
    bool is_printed = false;  // not for a screen: hosts are waited for longer, and one must be reached
};

// -c, else --file, else --ring, else the default ring (core/ring/path.h) if its agent lives or --at asks for its
// past, else a sampler ($VIRTSCOPE_DEFAULT_URI, else all hypervisors of this host). Errors: those of the file or
// ring asked for, or of opening the URI.
Result<std::unique_ptr<FrameSource>> choose_source(const SourceOptions& options);

Result<std::unique_ptr<FrameSource>> open_ring_source(const std::string& path,
                                                      std::chrono::nanoseconds strip_step = default_strip_step);
// One or the other, as the file says itself.
Result<std::unique_ptr<FrameSource>> open_ring_or_recording(const std::string& path,
                                                            std::chrono::nanoseconds strip_step = default_strip_step);
// Its pictures are history from the first: the newest frame, unless somebody goes elsewhere.
Result<std::unique_ptr<FrameSource>> open_recording_source(const std::string& path,
                                                           std::chrono::nanoseconds strip_step = default_strip_step);
// `notice` is added to every picture: why we sample instead of reading.
Result<std::unique_ptr<FrameSource>> open_sampler_source(const std::vector<std::string>& uris, std::string notice,
                                                         std::chrono::nanoseconds strip_step = default_strip_step);

}  // namespace virtscope::top
