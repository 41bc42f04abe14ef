// HostWatch: one host among several, looked at in a thread of its own: whoever shows the others never waits for it. The
// thread outlives the watch if it must: a host that hangs holds nobody up who leaves. To be used from one thread.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <variant>

#include "core/result.h"
#include "top/source/source.h"

namespace virtscope::top {

// Called in the watch's thread; may block, best until `abandoned` is true, and fail again and again. An error of kind
// timeout says that it is under way.
using OpenSource = std::function<Result<std::unique_ptr<FrameSource>>(const std::atomic<bool>& abandoned)>;

struct WatchPace {
    std::chrono::nanoseconds hangs_after = std::chrono::seconds(2);  // a call that takes longer is told
    std::chrono::nanoseconds first_retry = std::chrono::seconds(1);  // doubles with each failure
    std::chrono::nanoseconds longest_retry = std::chrono::seconds(30);
};

// Somewhere in time, as FrameSource::go() and at() take it.
using Destination = std::variant<Move, std::int64_t>;

// What is known of the host.
struct Sighting {
    Picture picture{};       // what was seen last; pair.now() is null: nothing yet
    std::string trouble{};   // why there is nothing of now; empty if all is well
    bool is_awaited = true;  // nothing has been heard of it yet, neither good nor bad
    bool more_to_come = false;
    std::optional<Error> astray;  // why the last trip led nowhere
};

// The moment that a trip led to.
struct Arrival {
    std::int64_t realtime = 0;
    bool is_history = false;  // false: the present
    bool has_moved = false;
};

struct HostState;  // host_state.h

class HostWatch {
public:
    using Clock = std::chrono::steady_clock;

    // It is opened when it is expected or sent somewhere for the first time. `name`: for messages, printable. Errors:
    // system (no thread for it).
    static Result<HostWatch> start(std::string name, OpenSource open, WatchPace pace);
    HostWatch(HostWatch&&) noexcept = default;
    HostWatch& operator=(HostWatch&&) = delete;
    ~HostWatch();  // never waits

    // Waits until something has been heard of it; false: nothing until `deadline`.
    bool wait_heard(Clock::time_point deadline) const;

    // What is known, taken: the picture is new once, its remark is told once.
    Sighting take();

    // Until it is tried again, if it could not be reached.
    std::optional<std::chrono::nanoseconds> retry_in() const;

    // The next take() comes in `window`, with rates over that: something is seen shortly before, and at once if `now`.
    void expect(std::chrono::nanoseconds window, bool now);

    // Goes to another moment, after a trip under way. One that leads nowhere leaves the host where it was.
    void send(Destination to, std::chrono::nanoseconds window);
    // Waits until it is there. Errors: those of FrameSource::go() and at(); timeout: not until `deadline`, it goes on;
    // why the host cannot be reached: it goes there once it can.
    Result<Arrival> wait_arrived(Clock::time_point deadline) const;
    void forget_astray();
    // It answers, and is at the moment that it was sent to last.
    bool is_ready() const;

    // As FrameSource's, as of the last call that returned.
    Result<std::string> ring_for_orders() const;

private:
    explicit HostWatch(std::shared_ptr<HostState> state) : state_(std::move(state)) {}
    std::shared_ptr<HostState> state_;
};

}  // namespace virtscope::top
