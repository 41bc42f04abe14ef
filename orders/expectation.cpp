#include "orders/expectation.h"

#include <algorithm>
#include <thread>

namespace virtscope {
namespace {

using Of = Expectation::Of;
using Clock = std::chrono::steady_clock;

// Balloons move in pages, and some guests stop a little short of the target.
constexpr std::uint64_t balloon_tolerance = 1U << 20;

std::optional<std::size_t> row_of(const Frame& frame, const Uuid& guest) {
    const auto& guests = frame.roster->guests;
    const auto at = std::ranges::find(guests, guest, &RosterGuest::uuid);
    if (at == guests.end()) return std::nullopt;
    return static_cast<std::size_t>(at - guests.begin());
}

bool is_off(const RosterGuest& guest, GuestState state, const Expectation& expectation) {
    if (state == GuestState::shut_off) return true;
    return expectation.generation != 0 && guest.generation != expectation.generation;
}

bool is_near(std::optional<std::uint64_t> value, std::uint64_t target) {
    if (!value) return false;
    return std::max(*value, target) - std::min(*value, target) <= balloon_tolerance;
}

}  // namespace

std::optional<Expectation> expected_of(const Order& order) {
    switch (order.verb) {
        case Verb::start:
        case Verb::create:
        case Verb::restore: return Expectation{.what = order.paused ? Of::paused : Of::running};
        case Verb::resume: return Expectation{.what = Of::running};
        case Verb::suspend: return Expectation{.what = Of::paused};
        case Verb::shutdown:
        case Verb::destroy:
        case Verb::save: return Expectation{.what = Of::off};
        case Verb::setmem: return Expectation{.what = Of::memory, .amount = order.bytes};
        case Verb::setvcpus: return Expectation{.what = Of::vcpus, .amount = order.count};
        case Verb::define:
        case Verb::deploy: return Expectation{.what = Of::present};
        case Verb::undefine: return Expectation{.what = Of::gone};
        default: break;
    }
    return std::nullopt;
}

const char* expectation_name(Of what) {
    switch (what) {
        case Of::running: return "running";
        case Of::paused: return "paused";
        case Of::off: return "off";
        case Of::present: return "present";
        case Of::gone: return "gone";
        case Of::memory: return "at its memory target";
        case Of::vcpus: break;
    }
    return "at its number of vCPUs";
}

bool is_met(const Frame& frame, const Uuid& guest, const Expectation& expectation) {
    if (frame.monotonic < expectation.after) return false;
    const auto row = row_of(frame, guest);
    if (!row) return expectation.what == Of::off || expectation.what == Of::gone;
    const GuestState state = state_of(frame.get(*row, GuestMetric::state).value_or(0));
    const RosterGuest& found = frame.roster->guests[*row];
    switch (expectation.what) {
        case Of::running: return is_running(state);
        case Of::paused: return state == GuestState::paused;
        case Of::off: return is_off(found, state, expectation);
        case Of::present: return true;
        case Of::gone: return false;
        case Of::memory: return is_near(frame.get(*row, GuestMetric::memory_balloon), expectation.amount);
        case Of::vcpus: return frame.get(*row, GuestMetric::vcpus).value_or(found.vcpus) == expectation.amount;
    }
    return false;
}

Result<bool> watch(RingReader& reader, const Uuid& guest, const Expectation& expectation,
                   std::chrono::nanoseconds limit) {
    const auto deadline = Clock::now() + limit;
    for (std::uint64_t sequence = 0;;) {
        const auto frame = reader.newest();
        if (frame) {
            if (is_met(**frame, guest, expectation)) return true;
            sequence = (*frame)->sequence;
        } else if (frame.error().kind != ErrorKind::absent) {
            return std::unexpected(frame.error());
        }
        const auto left = deadline - Clock::now();
        if (left <= left.zero()) return false;
        const auto woken = reader.wait(sequence, std::min<std::chrono::nanoseconds>(left, std::chrono::seconds(1)));
        if (!woken) return std::unexpected(woken.error());
        // A frame that is there and cannot be read must not turn this into a busy loop.
        if (*woken && !frame) std::this_thread::sleep_for(std::chrono::milliseconds(50));
    }
}

}  // namespace virtscope
