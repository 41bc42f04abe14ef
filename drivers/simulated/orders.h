// Orders: the lifecycle of the simulated host. Guests obey at once, but for a shutdown, which takes a second, saving
// and restoring, which take about one, and hung guests, which only what needs no answer of them can move.
//
// Nothing outlives the agent: not definitions, not saved images, which are remembered by their path and never written.
#pragma once

#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "drivers/lifecycle.h"
#include "drivers/simulated/held.h"
#include "drivers/simulated/life.h"
#include "drivers/simulated/options.h"

namespace virtscope::simulated {

class Orders final : public Lifecycle {
public:
    // `time`: the simulated time, callable from any thread.
    Orders(const Options& options, const Lives& lives, std::function<std::int64_t()> time);

    bool can(Verb verb) const override;
    Result<Answer> carry_out(const Order& order, Progress& progress) override;

    // For the sampler: every guest that is held, by index, if anything changed since `seen`; else nothing.
    std::vector<std::pair<std::uint64_t, Held>> news(std::uint64_t& seen);

private:
    struct Found {
        SimGuest guest;
        Held held;
    };

    Result<Found> find(std::string_view name) const;         // with the lock held
    Result<Found> find_target(const Order& order) const;     // likewise
    void keep(const Found& found);                           // likewise
    Result<Answer> ordinary(const Order& order);
    Result<Answer> save(const Order& order, Progress& progress);
    Result<Answer> restore(const Order& order, Progress& progress);
    Result<Answer> define(const Order& order);

    Options options_;
    Lives lives_;
    std::function<std::int64_t()> time_;
    std::mutex mutex_;  // of all below; never held while waiting
    std::map<std::uint64_t, Held> held_;
    std::map<std::string, std::string> images_;  // path to the name of the guest that was saved there
    std::uint64_t version_ = 0;
};

}  // namespace virtscope::simulated
