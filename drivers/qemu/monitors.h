// Monitors: QMP conversations with any number of guests at once, in the caller's thread.
//
// Each guest's conversation is a coroutine: connect, greeting, negotiation, then the questions that
// say what the guest is made of; after that the driver asks. Nothing here waits: poll() handles what
// has come and returns. A guest never has more than one question outstanding (QEMU would queue
// them while it is stopped); replies are matched by id, others dropped; events come in between.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "core/fd.h"
#include "drivers/qemu/commands.h"
#include "drivers/qemu/decoder.h"

namespace virtscope::qemu {

using MonitorClock = std::chrono::steady_clock;

// Whoever wants to know what a monitor says. Called from poll() only.
class MonitorListener {
public:
    virtual ~MonitorListener() = default;
    virtual void greeted(const std::string& version) = 0;
    // The decoder holds the reply. The guest's values were true between `sent` and now.
    virtual void answered(Command command, const Decoder& reply, MonitorClock::time_point sent) = 0;
    virtual void refused(Command command, const std::string& why) = 0;
    virtual void happened(const Message& event) = 0;
    // The guest's make-up is known: from now on ask() works.
    virtual void ready() = 0;
    // The connection has ended and will not come back by itself.
    virtual void lost(const std::string& why) = 0;
};

// One conversation. Ends when it is destroyed; the listener is not called after that.
class Session {
public:
    struct State;
    explicit Session(std::shared_ptr<State> state);
    ~Session();
    Session(const Session&) = delete;
    Session& operator=(const Session&) = delete;

    bool greeted() const;   // someone who speaks QMP is at the other end
    bool is_ready() const;  // questions may be asked
    MonitorClock::time_point started() const;

    // Since when an answer is due; nullopt: nothing was asked.
    std::optional<MonitorClock::time_point> outstanding() const;
    // The name of the command that is not answered; empty: nothing was asked.
    std::string_view unanswered() const;

    // Sends a question. False: not ready, one is outstanding, or the monitor takes no more bytes.
    bool ask(const Question& question);

private:
    std::shared_ptr<State> state_;
};

class Monitors {
public:
    struct Loop;
    Monitors();
    ~Monitors();
    Monitors(const Monitors&) = delete;
    Monitors& operator=(const Monitors&) = delete;

    // Begins a conversation over a non-blocking socket, connected or on its way.
    std::unique_ptr<Session> open(Fd socket, MonitorListener& listener);

    // Handles everything that has come; stops at `limit` even if more keeps coming.
    void poll(MonitorClock::time_point limit);

    // From here on each guest may again send as much as one tick allows.
    void begin_tick();

    // Questions sent since the beginning, those of negotiation included.
    std::uint64_t questions() const;

private:
    std::unique_ptr<Loop> loop_;
};

}  // namespace virtscope::qemu
