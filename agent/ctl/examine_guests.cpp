#include "agent/ctl/findings.h"

#include <fmt/format.h>

#include "core/freshness.h"
#include "core/ring/reader.h"
#include "core/text.h"
#include "sampler/sampler.h"

namespace virtscope {
namespace {

FramePtr live_frame(const std::string& ring) {
    auto reader = RingReader::open(ring);
    if (!reader) return nullptr;
    const auto newest = reader->newest();
    if (!newest || !is_live(**newest, read_now())) return nullptr;
    return *newest;
}

FramePtr own_frame(Findings& out) {
    auto sampler = Sampler::open({});
    if (!sampler) {
        out.push_back({Verdict::failure, "hypervisors", sampler.error().message, "see virtscoped --help for URIs"});
        return nullptr;
    }
    auto frame = std::make_shared<Frame>();
    (*sampler)->sample(*frame);
    for (const std::string& problem : (*sampler)->problems()) {
        out.push_back({Verdict::failure, "hypervisors", problem, "start the hypervisor's service, or check its rights"});
    }
    return frame;
}

void examine_frame(const Frame& frame, Findings& out) {
    const auto& guests = frame.roster->guests;
    std::size_t well = 0;
    for (std::size_t row = 0; row < guests.size(); ++row) {
        const RosterGuest& guest = guests[row];
        const std::string subject = "guest " + printable(guest.name, 64);
        if (frame.get(row, GuestMetric::stale).value_or(0) != 0) {
            out.push_back({Verdict::failure, subject, guest.note.empty() ? "does not answer its monitor" : guest.note,
                           "look whether its process is stopped or waits for storage"});
        } else if (!guest.note.empty()) {
            out.push_back({Verdict::warning, subject, guest.note,
                           "block, balloon and KVM values stay absent; the rest is complete"});
        } else {
            ++well;
        }
    }
    const std::string hypervisor = frame.roster->host.hypervisor;
    out.push_back({Verdict::ok, "guests",
                   fmt::format("{} found, {} with all sources{}", guests.size(), well,
                               hypervisor.empty() ? "" : ", on " + printable(hypervisor)),
                   {}});
}

}  // namespace

void examine_ring(const std::string& path, Findings& out) {
    auto reader = RingReader::open(path);
    if (!reader) {
        out.push_back({Verdict::failure, "ring", reader.error().message,
                       "start virtscoped, or name its ring with --ring or VIRTSCOPE_RING"});
        return;
    }
    const auto newest = reader->newest();
    if (!newest) {
        out.push_back({Verdict::failure, "ring", newest.error().message, "wait for the agent's first tick"});
        return;
    }
    const auto age = age_of(**newest, read_now());
    const std::string shown = age ? human_duration(age->count()) + " old" : "from the future: the clock was set back";
    if (is_live(**newest, read_now())) {
        out.push_back({Verdict::ok, "ring", fmt::format("{}: newest frame {}", path, shown), {}});
    } else {
        out.push_back({Verdict::failure, "ring", fmt::format("{}: the agent is silent, newest frame {}", path, shown),
                       "look at the journal of virtscoped and start it again"});
    }
}

void examine_guests(const std::string& ring, Findings& out) {
    FramePtr frame = live_frame(ring);
    if (!frame) frame = own_frame(out);
    if (frame) examine_frame(*frame, out);
}

}  // namespace virtscope
