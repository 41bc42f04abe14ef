// XenDriver: the hypervisor's facts, xenstore's and the kernel's, put together each tick.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "drivers/driver.h"
#include "drivers/xen/census.h"
#include "drivers/xen/hypervisor.h"
#include "drivers/xen/machine_row.h"
#include "drivers/xen/store.h"

namespace virtscope::xen {

class XenDriver final : public Driver {
public:
    using Connect = std::function<Result<Hypervisor>()>;

    // `connect` is called until it succeeds: rights and modules of the kernel may come later. `name`: of the hypervisor,
    // "Xen 4.17.7 (PV Domain-0)". `lifecycle` may be null.
    XenDriver(Connect connect, std::unique_ptr<Store> store, std::string name, const DriverHost& host,
              const DriverOptions& options, std::shared_ptr<Lifecycle> lifecycle);

    std::string_view name() const override { return "xen"; }
    std::string hypervisor() const override { return name_; }
    Result<> refresh(Clock::duration patience) override;
    std::span<const Place> places() const override { return census_.places(); }
    std::uint64_t generation() const override { return census_.generation() + processors_changed_; }
    const std::vector<RosterInstance>* processors() const override { return &machine_.processors(); }
    void ask(std::span<const Slot> slots, Frame& frame, Clock::time_point deadline) override;
    std::vector<Event> take_events() override { return std::exchange(events_, {}); }
    DriverCounts counts() const override { return {.questions = questions_ + census_.qdisks().questions(), .spared = 0}; }
    std::shared_ptr<Lifecycle> lifecycle() override { return lifecycle_; }

private:
    // What lasts from tick to tick of a place.
    struct Memory {
        std::uint64_t run = 0;  // its generation
        GuestState state = GuestState::unknown;
        std::optional<Share> share;
    };

    Result<> connect(Clock::time_point now);
    Result<> look();
    void remember_places();
    void ask_shares();
    void ask_vcpus(std::span<const Slot> slots, Frame& frame);
    void note_state(const Place& place, Memory& memory, GuestState now);
    void fill_disks(std::size_t i, const Slot& slot, const DomainFacts* facts, Frame& frame);
    void fill_machine(Frame& frame);

    Connect connect_;
    std::optional<Hypervisor> hypervisor_;
    Error refusal_{};  // of the last attempt to connect
    Clock::time_point next_attempt_;
    std::unique_ptr<Store> store_;
    std::string name_;
    std::shared_ptr<Lifecycle> lifecycle_;
    Census census_;
    MachineRow machine_;
    std::vector<Memory> memories_;  // by place
    std::uint64_t remembered_ = 0;  // generation of the places that they are of
    std::vector<VcpuQuestion> vcpu_questions_;
    std::vector<Event> events_;
    std::int64_t told_ = 0;  // when the domains were told, CLOCK_MONOTONIC ns
    bool answers_ = false;
    bool machine_told_ = false;  // in this tick
    std::uint64_t questions_ = 0;
    std::uint64_t processors_changed_ = 0;
    Clock::duration slow_interval_;
    Clock::time_point next_shares_;
};

}  // namespace virtscope::xen
