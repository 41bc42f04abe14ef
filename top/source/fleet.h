// Fleet: several hosts side by side, each looked at in a thread of its own. One that cannot be reached, hangs or has
// nothing of the time that is looked at is a host with `trouble`; the others go on. No call waits for a host but where
// FleetPace says so.
//
// Time: at() and go() lead all hosts that have a past to the same moment of the wall clock. A move is a step of the
// first of them that answers, and the others follow to the time it came to. A host without a past stays live and says
// so.
#pragma once

#include <vector>

#include "top/source/host_watch.h"
#include "top/source/scene_source.h"

namespace virtscope::top {

struct FleetMember {
    std::string label{};  // given by the user; empty: the host's own name
    std::string name{};   // what it is called until its own name is known; printable
    std::string uri{};    // for messages, printable
    OpenSource open{};
};

struct FleetPace {
    std::chrono::nanoseconds first = std::chrono::milliseconds(300);   // the first look waits that long for all
    std::chrono::nanoseconds travel = std::chrono::milliseconds(700);  // somebody waits for a move
    bool must_reach = false;  // the first look fails where not one host can be reached
    WatchPace watch{};
};

class Fleet final : public SceneSource {
public:
    // Errors: system (no thread).
    static Result<std::unique_ptr<SceneSource>> open(std::vector<FleetMember> members, FleetPace pace);

    Result<Scene> look(std::chrono::nanoseconds window) override;
    // Errors: where no host has come there, those of the first one that has a past; nothing has changed then.
    Result<Scene> at(std::int64_t realtime, std::chrono::nanoseconds window) override;
    Result<Scene> go(Move move, std::chrono::nanoseconds window) override;
    bool more_to_come() override { return more_to_come_; }
    Result<std::string> ring_for_orders(std::size_t host) const override;

private:
    struct Member {
        std::string label, name;
        HostWatch watch;
    };
    explicit Fleet(FleetPace pace) : pace_(pace) {}

    HostWatch::Clock::time_point patience() const;
    Host take(Member& member, std::chrono::nanoseconds window);
    Result<Scene> take(std::chrono::nanoseconds window);
    // Where nobody came there: the first error, but for `unsupported` if there is another.
    Result<> send_all(Destination to, std::chrono::nanoseconds window, const Member* but);
    // Who went first, and where it came to.
    struct Lead {
        const Member* member = nullptr;
        Arrival arrival{};
    };
    Result<Lead> lead(Move move, std::chrono::nanoseconds window);

    FleetPace pace_;
    std::vector<Member> members_;
    HostWatch::Clock::time_point started_ = HostWatch::Clock::now();
    bool begun_ = false;
    bool more_to_come_ = false;
};

}  // namespace virtscope::top
