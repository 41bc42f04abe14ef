#include "drivers/qemu/definitions/autostart.h"

#include <utility>

namespace virtscope::qemu {

void Autostart::begin(std::shared_ptr<Definitions> definitions) {
    thread_ = std::jthread([this, kept = std::move(definitions)](const std::stop_token& stop) {
        auto said = kept->start_marked(stop);
        const std::scoped_lock locked(lock_);
        events_ = std::move(said);
    });
}

std::vector<Event> Autostart::take_events() {
    const std::scoped_lock locked(lock_);
    return std::exchange(events_, {});
}

}  // namespace virtscope::qemu
