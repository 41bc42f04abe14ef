#include "collectors/process.h"

#include <algorithm>
#include <unordered_map>
#include <utility>

#include "collectors/clocks.h"

namespace virtscope {

ProcessCollector::ProcessCollector(const KernelRoots& roots) : use_clock_(shows_own_process_ids(roots.proc)) {}

void ProcessCollector::prepare(std::span<const Slot> slots) {
    std::unordered_map<const Process*, std::size_t> known;
    for (std::size_t i = 0; i < readers_.size(); ++i) {
        if (readers_[i]) known.emplace(readers_[i]->process(), i);
    }
    std::vector<std::optional<GuestReader>> readers(slots.size());
    for (std::size_t i = 0; i < slots.size(); ++i) {
        const Place& place = *slots[i].place;
        if (!place.process) continue;
        const auto kept = known.find(place.process.get());
        if (kept != known.end()) {
            readers[i] = std::move(readers_[kept->second]);
            known.erase(kept);
        } else {
            readers[i].emplace(place.process, use_clock_);
        }
        readers[i]->prepare(place);
    }
    readers_ = std::move(readers);
}

void ProcessCollector::collect(std::span<const Slot> slots, Frame& frame) {
    const std::size_t count = std::min(slots.size(), readers_.size());
    for (std::size_t i = 0; i < count; ++i) {
        const Slot& slot = slots[i];
        if (slot.place->memory_max) frame.set(slot.guest, GuestMetric::memory_max, *slot.place->memory_max);
        if (slot.place->start_realtime > 0) {
            frame.set(slot.guest, GuestMetric::start_time, static_cast<std::uint64_t>(slot.place->start_realtime));
        }
        if (readers_[i]) readers_[i]->read(slot, frame);
    }
}

}  // namespace virtscope
