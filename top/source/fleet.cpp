#include "top/source/fleet.h"

#include <algorithm>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "core/text.h"

namespace virtscope::top {
namespace {

using std::chrono::nanoseconds;
using Clock = HostWatch::Clock;

constexpr nanoseconds first_rates_after = std::chrono::seconds(1);  // as those who ask do (top/interactive.cpp)
constexpr nanoseconds awaited_for = std::chrono::seconds(5);

// What was asked for and cannot be had there is not covered up by what the host shows instead.
void tell_astray(const Error& why, Host& host) {
    if (why.kind != ErrorKind::unsupported) {
        host.trouble = why.message;
        host.picture = Picture{};
    } else if (host.trouble.empty()) {
        host.trouble = "stays live: " + why.message;
    }
}

// Whole seconds, for it is told once a screen.
std::string retry_text(nanoseconds wait) {
    const auto seconds = std::chrono::ceil<std::chrono::seconds>(wait).count();
    return seconds > 0 ? fmt::format("; tried again in {} s", seconds) : "; tried again now";
}

// Two hosts of one name: "web", "web#2".
void number_labels(std::vector<Host>& hosts) {
    std::set<std::string> used;
    for (Host& host : hosts) {
        const std::string wanted = host.label;
        for (int number = 2; !used.insert(host.label).second; ++number)
            host.label = fmt::format("{}#{}", wanted, number);
    }
}

}  // namespace

Result<std::unique_ptr<SceneSource>> Fleet::open(std::vector<FleetMember> members, FleetPace pace) {
    std::unique_ptr<Fleet> fleet(new Fleet(pace));
    for (FleetMember& member : members) {
        auto watch = HostWatch::start(std::move(member.uri), std::move(member.open), pace.watch);
        if (!watch) return std::unexpected(watch.error());
        fleet->members_.push_back({std::move(member.label), std::move(member.name), std::move(*watch)});
    }
    return fleet;
}

// Until when somebody may be kept waiting for hosts.
Clock::time_point Fleet::patience() const {
    return Clock::now() + (begun_ ? pace_.travel : std::max(pace_.first, pace_.travel));
}

Result<Scene> Fleet::look(nanoseconds window) {
    if (!begun_) {
        const auto deadline = Clock::now() + pace_.first;
        for (Member& member : members_) member.watch.expect(window, true);
        for (const Member& member : members_) (void)member.watch.wait_heard(deadline);  // its trouble is in the scene
    }
    return take(window);
}

// What is seen of it, and when it is looked at again.
Host Fleet::take(Member& member, nanoseconds window) {
    Sighting seen = member.watch.take();
    Host host{.trouble = printable(seen.trouble, 512), .picture = std::move(seen.picture)};
    host.is_awaited = seen.is_awaited && Clock::now() - started_ < awaited_for;
    const Picture& picture = host.picture;
    const std::string own = host.is_known() ? printable(picture.frame().roster->host.name) : std::string();
    host.label = !member.label.empty() ? member.label : !own.empty() ? own : member.name;
    more_to_come_ = more_to_come_ || host.is_awaited || (seen.more_to_come && host.trouble.empty());
    const bool is_first = host.is_known() && !picture.has_rates && !picture.is_history;
    member.watch.expect(is_first ? std::min(window, first_rates_after) : window,
                        !picture.is_new && !picture.is_history);
    if (seen.astray) tell_astray(*seen.astray, host);
    return host;
}

Result<Scene> Fleet::take(nanoseconds window) {
    Scene scene;
    more_to_come_ = false;
    for (Member& member : members_) scene.hosts.push_back(take(member, window));
    const bool none = std::ranges::none_of(scene.hosts, &Host::is_known);
    if (!std::exchange(begun_, true) && pace_.must_reach && none) {
        std::string reasons;
        for (const Host& host : scene.hosts) reasons += (reasons.empty() ? "" : " | ") + host.trouble;
        return fail(ErrorKind::absent, "none of {} hosts can be reached: {}", scene.hosts.size(), reasons);
    }
    for (std::size_t i = 0; i < members_.size(); ++i) {
        if (const auto wait = members_[i].watch.retry_in()) scene.hosts[i].trouble += retry_text(*wait);
    }
    number_labels(scene.hosts);
    return scene;
}

Result<> Fleet::send_all(Destination to, nanoseconds window, const Member* but) {
    for (Member& member : members_) {
        if (&member != but) member.watch.send(to, window);
    }
    const auto deadline = patience();
    bool arrived = but != nullptr;
    std::optional<Error> why;
    for (Member& member : members_) {
        if (&member == but) continue;
        const auto arrival = member.watch.wait_arrived(deadline);
        arrived = arrived || arrival.has_value();
        const bool better = !why || why->kind == ErrorKind::unsupported;
        if (!arrival && better) why = arrival.error();
    }
    if (arrived || !why) return {};
    for (Member& member : members_) member.watch.forget_astray();
    return std::unexpected(*why);
}

Result<Scene> Fleet::at(std::int64_t realtime, nanoseconds window) {
    if (auto sent = send_all(realtime, window, nullptr); !sent) return std::unexpected(sent.error());
    return take(window);
}

Result<Fleet::Lead> Fleet::lead(Move move, nanoseconds window) {
    Error why{ErrorKind::absent, "no host has a past to go to: none can be reached"};
    for (Member& member : members_) {
        if (!member.watch.is_ready()) continue;
        member.watch.send(move, window);
        const auto arrival = member.watch.wait_arrived(patience());
        if (arrival) return Lead{&member, *arrival};
        member.watch.forget_astray();
        why = arrival.error();
        if (why.kind != ErrorKind::unsupported) break;
    }
    return std::unexpected(std::move(why));
}

Result<Scene> Fleet::go(Move move, nanoseconds window) {
    auto first = move == Move::newest ? Result<Lead>(Lead{nullptr, {}}) : lead(move, window);
    if (!first) return std::unexpected(first.error());
    const Arrival& there = first->arrival;
    if (!there.is_history) {
        if (auto sent = send_all(Move::newest, window, first->member); !sent) return std::unexpected(sent.error());
        // Who has no past has not left the present.
        for (Member& member : members_) member.watch.forget_astray();
    } else if (there.has_moved) {
        (void)send_all(there.realtime, window, first->member).has_value();  // who cannot follow is in the scene
    }
    return take(window);
}

Result<std::string> Fleet::ring_for_orders(std::size_t host) const {
    if (host >= members_.size()) return fail(ErrorKind::absent, "no orders: no host is selected");
    return members_[host].watch.ring_for_orders();
}

}  // namespace virtscope::top
