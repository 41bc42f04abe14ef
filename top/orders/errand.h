// Errand: an order on its way: sent to the agent, then watched in the ring until the guest has done it. All waiting is
// done in a thread of its own, which outlives the errand if it must: whoever leaves does not wait for an agent. To be
// used from one thread.
#pragma once

#include <memory>
#include <string>

#include "core/result.h"
#include "top/orders/menu.h"

namespace virtscope::top {

struct ErrandPlan {
    OrderWanted order;
    std::string socket;  // the agent's
    std::string ring;
};

struct ErrandReport {
    enum class Phase : std::uint8_t { sent, accepted, over };
    Phase phase = Phase::sent;
    std::string text;  // a line for a person, printable
};

class Errand {
public:
    // Errors: system (no thread for it): nothing was sent.
    static Result<Errand> start(ErrandPlan plan);
    Errand(Errand&&) noexcept = default;
    Errand& operator=(Errand&&) = delete;
    ~Errand();  // the order is not taken back; it is no longer watched

    ErrandReport report() const;

private:
    struct Shared;
    explicit Errand(std::shared_ptr<Shared> shared);
    static void run(const ErrandPlan& plan, Shared& shared);
    static void watch_it(const ErrandPlan& plan, std::int64_t ordered, Shared& shared);
    std::shared_ptr<Shared> shared_;
};

}  // namespace virtscope::top
