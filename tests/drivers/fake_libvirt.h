// A libvirt made of functions of our own, with local QEMU guests that hang or vanish at a call as a test wants it.
#pragma once

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <string>
#include <vector>

#include "drivers/libvirt/local.h"

namespace virtscope::tests {

struct FakeGuest {
    std::string name;
    Uuid uuid;
    int left = -1;      // calls about it that still find it; negative: all
    bool hung = false;  // its block counters are not told until it is not
    int being_asked = 0;
    int most_asked = 0;  // at the same time
    int answers = 0;
};

// One at a time; its guests are read under `mutex`.
class FakeLibvirt {
public:
    explicit FakeLibvirt(std::size_t guests);
    ~FakeLibvirt();
    FakeLibvirt(const FakeLibvirt&) = delete;
    FakeLibvirt& operator=(const FakeLibvirt&) = delete;

    const libvirt::Library& library() const { return library_; }
    std::vector<FakeGuest> guests;
    std::mutex mutex;
    std::condition_variable changed;
    int asking = 0;  // calls that have not returned

    // Whether a call about the guest finds it.
    bool finds(FakeGuest& guest);

private:
    libvirt::Library library_;
};

// What a sampler does with LocalGuests: places, slots and frames for the guests of a listing.
struct Bench {
    Roster roster;
    std::vector<Place> places;
    std::vector<Slot> slots;
    Frame frame;
    std::vector<Event> events;

    explicit Bench(const libvirt::Snapshot& snapshot);
    // One tick; returns how long it took.
    Clock::duration ask(libvirt::LocalGuests& local, Clock::duration deadline);
    bool is_fresh(std::size_t guest) const;
};

}  // namespace virtscope::tests
