// virtscope wait: reads only the ring.
#include <algorithm>

#include "agent/ctl/order_request.h"
#include "agent/ctl/order_watch.h"
#include "agent/ctl/output.h"
#include "core/freshness.h"
#include "core/text.h"
#include "orders/expectation.h"

namespace virtscope {
namespace {

using control::Outcome;
using Of = Expectation::Of;

Of sought(AwaitedState state) {
    switch (state) {
        case AwaitedState::running: return Of::running;
        case AwaitedState::paused: return Of::paused;
        case AwaitedState::off: break;
    }
    return Of::off;
}

// By name each time anew: a guest that is awaited may not be there yet, and one that has gone is off.
Result<bool> watch_name(RingReader& reader, const WaitRequest& request, Of what) {
    using Clock = std::chrono::steady_clock;
    const auto deadline = Clock::now() + request.timeout;
    for (;;) {
        const auto left = std::max<std::chrono::nanoseconds>(deadline - Clock::now(), std::chrono::nanoseconds(0));
        const auto slice = std::min<std::chrono::nanoseconds>(left, std::chrono::milliseconds(500));
        const auto current = reader.newest();
        if (current && !is_live(**current, read_now())) {
            // What a silent agent said last is no longer known to be true.
            if (left.count() == 0) return false;
            const auto woken = reader.wait((*current)->sequence, slice);
            if (!woken) return std::unexpected(woken.error());
            continue;
        }
        const auto seen = look_up(reader, request.guest);
        if (!seen) {
            if (seen.error().kind != ErrorKind::absent) return std::unexpected(seen.error());
            const auto newest = reader.newest();
            if (newest && what == Of::off) return true;
            if (left.count() == 0) return false;
            const auto woken = reader.wait(newest ? (*newest)->sequence : 0, slice);
            if (!woken) return std::unexpected(woken.error());
            continue;
        }
        const auto met = watch(reader, seen->uuid, {.what = what}, slice);
        if (!met || *met || left.count() == 0) return met;
    }
}

}  // namespace

int run_wait(const WaitRequest& request, const Console& console) {
    auto reader = RingReader::open(request.ring);
    if (!reader) return complain(reader.error(), static_cast<int>(Outcome::no_agent));
    const auto what = sought(request.state);
    const auto start = std::chrono::steady_clock::now();
    const auto met = watch_name(*reader, request, what);
    if (!met) {
        const bool several = met.error().kind == ErrorKind::busy;
        return complain(met.error(), static_cast<int>(several ? Outcome::ambiguous : Outcome::no_agent));
    }
    const double spent = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    if (request.format == Format::json) {
        const Json json{{"verb", "wait"},
                        {"guest", request.guest},
                        {"state", expectation_name(what)},
                        {"observed", *met},
                        {"seconds", spent}};
        std::fprintf(console.out, "%s\n", json.dump(2, ' ', false, Json::error_handler_t::replace).c_str());
    } else {
        std::fprintf(console.out, "%s: %s%s after %.1fs\n", printable(request.guest).c_str(), *met ? "" : "not ",
                     expectation_name(what), spent);
    }
    return static_cast<int>(*met ? Outcome::done : Outcome::timed_out);
}

}  // namespace virtscope
