// Dispatch: gives what the menu was asked for, one order at a time, and says what became of it.
#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "top/orders/errand.h"
#include "top/source/picture.h"
#include "top/source/scene_source.h"

namespace virtscope::top {

// Why no order can be given now, in a line; empty: it can. `ring`: of SceneSource::ring_for_orders().
std::string why_no_orders(bool readonly, const Result<std::string>& ring, const std::string& control);

// Why the guest is no longer the one that was meant; empty: it is.
std::string changed_since(const Frame& frame, const Subject& guest);

class Dispatch {
public:
    Dispatch(const SceneSource& source, std::string control, bool readonly)
        : source_(source), control_(std::move(control)), readonly_(readonly) {}

    // As why_no_orders(); while the agent has not answered to an order, that.
    std::string why_none(std::size_t host) const;

    // The answer is a line for a person if nothing was sent, else empty.
    std::string give(OrderWanted order, const Frame& frame);

    // What there is to say about the last order.
    struct News {
        std::string text;
        bool is_new = false;  // not what was said before
        bool is_last = false;
    };
    std::optional<News> news();

    // When to ask for news again, if at all.
    std::optional<std::chrono::steady_clock::time_point> due() const;

private:
    const SceneSource& source_;
    std::string control_;
    bool readonly_;
    std::optional<Errand> errand_;
    std::string said_;
};

}  // namespace virtscope::top
