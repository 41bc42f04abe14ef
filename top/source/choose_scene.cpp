#include <fmt/format.h>
#include <fmt/ranges.h>

#include "core/text.h"
#include "top/source/fleet.h"
#include "top/source/sampler_source.h"
#include "top/source/wanted_host.h"

namespace virtscope::top {
namespace {

using Sampled = Result<std::unique_ptr<FrameSource>>;

// A machine elsewhere is a host once it answers. Its connection is kept however long it takes, for whoever waits need
// not wait for this.
Sampled reach(std::unique_ptr<Sampler> sampler, const std::atomic<bool>& abandoned) {
    constexpr auto slice = std::chrono::milliseconds(200);
    while (true) {
        const auto reached = sampler->reach(slice);
        if (reached) return sampler_source(std::move(sampler), {});
        if (abandoned || reached.error().kind != ErrorKind::timeout) return std::unexpected(reached.error());
    }
}

// Samplers are opened before anything is shown, which waits for nobody: that is where URIs are told that are none.
Result<OpenSource> sampled(const WantedHost& host) {
    auto first = Sampler::open({.uris = host.uris});
    if (!first) return std::unexpected(first.error());
    const auto ready = std::make_shared<std::unique_ptr<Sampler>>(std::move(*first));
    return [ready, uris = host.uris, elsewhere = host.is_elsewhere](const std::atomic<bool>& abandoned) -> Sampled {
        std::unique_ptr<Sampler> sampler = std::move(*ready);
        if (sampler == nullptr) {
            auto again = Sampler::open({.uris = uris});
            if (!again) return std::unexpected(again.error());
            sampler = std::move(*again);
        }
        return elsewhere ? reach(std::move(sampler), abandoned) : sampler_source(std::move(sampler), {});
    };
}

Result<FleetMember> member_of(const WantedHost& host) {
    FleetMember member{.label = host.label, .name = host.name};
    if (!host.path.empty()) {
        member.uri = printable(host.path);
        member.open = [path = host.path](const std::atomic<bool>&) { return open_ring_or_recording(path); };
        return member;
    }
    auto open = sampled(host);
    if (!open) return std::unexpected(open.error());
    member.uri = printable(fmt::format("{}", fmt::join(host.uris, ", ")));
    member.open = std::move(*open);
    return member;
}

Result<std::unique_ptr<SceneSource>> alone(Result<std::unique_ptr<FrameSource>> source) {
    if (!source) return std::unexpected(source.error());
    return one_host(std::move(*source));
}

}  // namespace

Result<std::unique_ptr<SceneSource>> choose_scene_source(const SourceOptions& options) {
    const auto hosts = wanted_hosts(options.uris);
    if (hosts.empty()) return alone(choose_source(options));
    if (hosts.size() == 1 && !hosts.front().path.empty())
        return alone(open_ring_or_recording(hosts.front().path, options.strip_step));
    if (hosts.size() == 1) return alone(open_sampler_source(hosts.front().uris, {}, options.strip_step));
    std::vector<FleetMember> members;
    for (const WantedHost& host : hosts) {
        auto member = member_of(host);
        if (!member) return std::unexpected(member.error());
        members.push_back(std::move(*member));
    }
    FleetPace pace;
    if (options.is_printed)
        pace = {.first = std::chrono::seconds(5), .travel = std::chrono::seconds(5), .must_reach = true};
    return Fleet::open(std::move(members), pace);
}

}  // namespace virtscope::top
