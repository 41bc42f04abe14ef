// Link: one guest's monitor over time: connecting, greeting, being lost, coming back; and what the
// monitor has said so far.
//
// A monitor that does not greet is held by somebody else (QEMU serves one client at a time and lets
// others wait in the queue): we leave and come back later, after 0.5 s, then ever later up to 30 s.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "drivers/driver.h"
#include "drivers/process.h"
#include "drivers/qemu/endpoint.h"
#include "drivers/qemu/monitors.h"

namespace virtscope::qemu {

// What the monitor said last. Values of one command were true at some time between `asked` and
// `answered` of that command.
struct MonitorFacts {
    std::string version;
    std::vector<CpuThread> cpus;
    std::optional<std::vector<IoThread>> iothreads;  // none: it has not said
    std::vector<DiskStats> disks;
    std::vector<DiskImage> images;
    std::optional<std::uint64_t> balloon;
    std::vector<VcpuStats> vcpu_stats;
    GuestMemory memory;

    std::array<std::optional<Clock::time_point>, command_count> asked, answered;
    std::array<bool, command_count> refused{};
    Clock::time_point last_answer{};
    Clock::duration latency{};
};

class Link final : public MonitorListener {
public:
    // `balloon_polling` > 0: the guest's balloon is made to report memory statistics that often.
    Link(Endpoint endpoint, std::shared_ptr<const Process> process, std::uint64_t seed,
         std::chrono::seconds balloon_polling);

    // Connects when it is time, gives up on one that does not greet. `places_free` counts down for each
    // conversation that is begun. Never blocks.
    void tend(Monitors& monitors, Clock::time_point now, Clock::duration deadline, std::size_t& places_free);

    // Lets go of the monitor so that a command can use it: no failure, no event; what was said last stays, stale. The
    // next tend() takes it back, at once.
    void lend();
    bool holds_monitor() const { return session_ != nullptr; }

    bool has_monitor() const { return endpoint_.kind != Endpoint::Kind::none; }
    bool is_ready() const { return session_ && !ended_ && session_->is_ready(); }
    bool is_settling() const { return session_ && !ended_ && !session_->is_ready(); }
    // Since when an answer is due.
    std::optional<Clock::time_point> outstanding() const;
    bool ask(Command command);
    // What events or a new disk call for, before what is asked anyway from time to time.
    std::optional<Command> take_urgent();
    bool has_urgent() const {
        return status_due_ || images_due_ || cpus_due_ || iothreads_due_ || balloon_step_ != BalloonStep::none;
    }


    const MonitorFacts& facts() const { return facts_; }
    GuestState state() const { return state_; }
    const std::string& note() const { return note_; }
    Quality quality() const { return quality_; }  // of values that only a monitor could tell

    // The tick found that the guest does not answer, or does again. Note and event say what was not answered.
    void set_stale(bool stale);
    bool is_stale() const { return stale_; }

    // True once after something changed of which the place tells.
    bool take_changed() { return std::exchange(changed_, false); }
    void take_events(const Uuid& guest, const std::string& name, std::vector<Event>& out);

    // The guest has other threads than before.
    void threads_changed() { cpus_due_ = iothreads_due_ = true; }

private:
    void greeted(const std::string& version) override;
    void answered(Command command, const Decoder& reply, MonitorClock::time_point sent) override;
    void refused(Command command, const std::string& why) override;
    void happened(const Message& event) override;
    void ready() override;
    void lost(const std::string& why) override;

    void become_stale();
    void set_state(GuestState state);
    void set_note(std::string note, Quality quality);
    void leave(Clock::time_point now, std::string why, Quality quality);
    void take_disks(const Decoder& reply);
    void take_balloons(const std::vector<std::string>& names);

    // Where a balloon is looked for, then that it is told to report.
    enum class BalloonStep { none, named_devices, other_devices, enable };

    Endpoint endpoint_;
    std::shared_ptr<const Process> process_;
    std::uint64_t seed_;
    MonitorFacts facts_;
    GuestState state_ = GuestState::unknown;
    std::string note_;
    Quality quality_ = Quality::unsupported;
    std::vector<Event> events_;
    unsigned failures_ = 0;
    Clock::time_point retry_{};
    bool ended_ = false;  // session_ is over: to be dropped outside its own callback
    bool was_ready_ = false;
    bool stale_ = false;
    bool lent_ = false;   // and not yet connected again
    bool changed_ = false;
    bool status_due_ = false;
    bool cpus_due_ = false;
    bool iothreads_due_ = false;
    bool images_due_ = false;
    std::chrono::seconds balloon_polling_;
    BalloonStep balloon_step_ = BalloonStep::none;
    std::string balloon_path_;
    std::unique_ptr<Session> session_;  // last: its end may not call into a half-destroyed link
};

}  // namespace virtscope::qemu
