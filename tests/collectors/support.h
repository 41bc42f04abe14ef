// What the collectors' tests share: places turned into slots and a frame, and a captured tree that a
// test may change.
#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "collectors/collector.h"
#include "core/frame.h"
#include "drivers/place.h"

namespace virtscope::test {

// Places with the slots and the frame that belong to them, as the sampler would make them.
class Scene {
public:
    explicit Scene(std::vector<Place> places);
    // The collector's next tick.
    const Frame& tick(Collector& collector);
    // prepare() and a tick.
    const Frame& first_tick(Collector& collector);
    std::span<const Slot> slots() const { return slots_; }
    Place& place(std::size_t i) { return places_[i]; }

private:
    std::vector<Place> places_;
    std::vector<Slot> slots_;
    RosterPtr roster_;
    Frame frame_;
};

// A copy of the captured host under fixtures/, removed at the end.
class Tree {
public:
    Tree();
    ~Tree();
    Tree(const Tree&) = delete;
    Tree& operator=(const Tree&) = delete;
    KernelRoots roots() const { return {.proc = (root_ / "proc").string(), .sys = (root_ / "sys").string()}; }
    void write(const std::string& file, std::string_view text) const;  // in place: who has it open sees it
    std::string read(const std::string& file) const;
    void remove(const std::string& file) const;

private:
    std::filesystem::path root_;
};

// The guest in the captured host: two vCPUs, one I/O thread.
inline constexpr pid_t captured_pid = 10570;
Place captured_guest(const Tree& tree);

// For each shorter text than `whole`, `parse` must give nothing.
void cut_at_every_byte(std::string_view whole, const std::function<bool(std::string_view)>& gives_something);

}  // namespace virtscope::test
