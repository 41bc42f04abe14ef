// QemuLifecycle: commands to running QEMU guests, over their monitors. See drivers/lifecycle.h for what is promised.
//
// A guest is its process: an order names the process id and, as its generation, the start time, and finds that run or
// none. The monitor is borrowed from the sampler (loan.h) unless the guest has one of its own for commands. What a
// verb does is in lifecycle_power.cpp and lifecycle_devices.cpp.
#pragma once

#include <memory>
#include <string>

#include "drivers/lifecycle.h"
#include "drivers/process.h"
#include "drivers/qemu/command_line.h"
#include "drivers/qemu/definitions/definitions.h"
#include "drivers/qemu/loan.h"

namespace virtscope::qemu {

class QemuLifecycle final : public Lifecycle {
public:
    // What the configuration permits.
    struct Means {
        bool monitors = true;
        bool guest_agents = false;
    };
    // `proc` is the root of procfs. `definitions` carries out the orders that make, start and forget guests; null: none.
    QemuLifecycle(std::string proc, Means means, std::shared_ptr<Loans> loans,
                  std::shared_ptr<Definitions> definitions = nullptr);

    bool can(Verb verb) const override;
    Result<Answer> carry_out(const Order& order, Progress& progress) override;

private:
    Result<Answer> act(const Order& order);
    Result<Answer> over_monitor(const Order& order, const Process& process, const CommandLine& line);

    std::string proc_;
    Means means_;
    std::shared_ptr<Loans> loans_;
    std::shared_ptr<Definitions> definitions_;
};

}  // namespace virtscope::qemu
