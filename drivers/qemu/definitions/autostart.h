// Autostart: what is marked for it is started in a thread of its own, so that the first tick does not wait.
//
// Threading: one thread, the sampler's. Its end waits for the start of the guest that is being started.
#pragma once

#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "drivers/qemu/definitions/definitions.h"

namespace virtscope::qemu {

class Autostart {
public:
    bool is_begun() const { return thread_.joinable(); }
    void begin(std::shared_ptr<Definitions> definitions);
    // What came of it since the last call.
    std::vector<Event> take_events();

private:
    std::mutex lock_;  // of the events
    std::vector<Event> events_;
    std::jthread thread_;  // last: it uses what is above
};

}  // namespace virtscope::qemu
