// QemuDriver: kvm:///, all QEMU processes of this host, or those of libvirt alone. See drivers/driver.h for what is
// promised.
#pragma once

#include <memory>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "drivers/agent_book.h"
#include "drivers/driver.h"
#include "drivers/qemu/definitions/autostart.h"
#include "drivers/qemu/definitions/definitions.h"
#include "drivers/qemu/discovery.h"
#include "drivers/qemu/guest.h"
#include "drivers/qemu/lifecycle.h"
#include "drivers/qemu/loan.h"
#include "drivers/qemu/monitors.h"
#include "drivers/qemu/nics.h"
#include "drivers/qemu/round.h"

namespace virtscope::qemu {

// Which guests are watched.
enum class Watched { all, libvirts };

class QemuDriver final : public Driver {
public:
    QemuDriver(const DriverHost& host, const DriverOptions& options, Watched watched = Watched::all);

    std::string_view name() const override { return "qemu"; }
    std::string hypervisor() const override { return hypervisor_; }
    Result<> refresh(Clock::duration patience) override;
    void tend() override { tend(Clock::now()); }
    void look_again() override { next_scan_ = {}; }
    std::span<const Place> places() const override { return places_; }
    std::uint64_t generation() const override { return generation_; }
    void ask(std::span<const Slot> slots, Frame& frame, Clock::time_point deadline) override;
    std::vector<Event> take_events() override;
    DriverCounts counts() const override;
    std::shared_ptr<Lifecycle> lifecycle() override { return lifecycle_; }

private:
    bool drop_dead();
    bool scan();
    bool adopt(const Scan& scan, std::span<const pid_t> known);
    void tend(Clock::time_point now);
    void wait_for_monitors(Clock::time_point until);
    void identify();
    void keep_guests(bool any_ended);
    bool append_inactive(bool changed);
    void tell_problems();
    bool update_agents();
    void describe(std::size_t i);
    std::string describe_hypervisor() const;

    DriverHost host_;
    DriverOptions options_;
    Watched watched_;
    HostFacts facts_;
    Scanner scanner_;
    NicFinder nics_;
    std::shared_ptr<Loans> loans_ = std::make_shared<Loans>();
    std::shared_ptr<Definitions> definitions_;  // null: libvirt keeps them
    std::shared_ptr<const Store::Kept> kept_;
    std::set<std::string> problems_;  // of files of definitions, that were told
    std::shared_ptr<QemuLifecycle> lifecycle_;
    Monitors monitors_;  // before the guests, whose conversations it carries
    Guests guests_;
    std::vector<Place>
        places_;  // of guests_, in the same order; behind them, between refreshes, those that are only defined
    Round round_{monitors_, options_};
    std::optional<AgentBook> agents_;  // where the configuration lets the agents inside guests be asked
    std::vector<Event> events_;
    std::string hypervisor_;
    Clock::time_point next_scan_{};
    std::uint64_t generation_ = 1;
    Autostart autostart_;
};

}  // namespace virtscope::qemu
