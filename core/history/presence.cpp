#include "core/history/presence.h"

#include <algorithm>
#include <unordered_map>

#include "core/text.h"
#include "core/time_text.h"

namespace virtscope {
namespace {

class Gathering {
public:
    void add(const Frame& frame) {
        if (frame.roster != roster_) change_roster(frame);
        last_ = frame.realtime;
    }

    std::vector<Presence> take() {
        leave();
        return std::move(found_);
    }

private:
    // The guests of the roster so far were there until the last frame.
    void leave() {
        if (!roster_) return;
        for (const RosterGuest& guest : roster_->guests) found_[places_.at(guest.uuid)].to = last_;
    }

    void change_roster(const Frame& frame) {
        leave();
        roster_ = frame.roster;
        for (const RosterGuest& guest : roster_->guests) {
            const auto [at, fresh] = places_.emplace(guest.uuid, found_.size());
            if (fresh) found_.push_back({.uuid = guest.uuid, .name = {}, .names = {}, .from = frame.realtime, .to = 0});
            Presence& presence = found_[at->second];
            presence.name = guest.name;
            if (std::ranges::find(presence.names, guest.name) == presence.names.end())
                presence.names.push_back(guest.name);
        }
    }

    RosterPtr roster_;
    std::int64_t last_ = 0;
    std::vector<Presence> found_;
    std::unordered_map<Uuid, std::size_t, UuidHash> places_;
};

// The guests of all frames that have the one of the selection, if it names one.
Result<std::vector<Presence>> gather(RingReader& reader, const Selection& selection) {
    Gathering gathering;
    const auto lost = reader.scan(selection, [&gathering](const Frame& frame) {
        gathering.add(frame);
        return true;
    });
    if (!lost) return std::unexpected(lost.error());
    return gathering.take();
}

// A guest that has no UUID of its own gets a new one with each start: there may be many.
std::string choices(const std::vector<Presence>& guests) {
    constexpr std::size_t shown = 4;
    std::string out;
    for (std::size_t i = 0; i < std::min(shown, guests.size()); ++i) {
        const Presence& guest = guests[guests.size() - 1 - i];
        out += fmt::format("{}{} ({} to {})", i == 0 ? "" : ", ", guest.uuid.text(), local_time(guest.from),
                           local_time(guest.to));
    }
    return guests.size() > shown ? fmt::format("{} and {} before", out, guests.size() - shown) : out;
}

}  // namespace

Result<std::vector<Presence>> guests_in(RingReader& reader, const TimeRange& range) {
    return gather(reader, {.range = range, .guest = std::nullopt});
}

Result<Presence> find_guest_in(RingReader& reader, const TimeRange& range, std::string_view name_or_uuid) {
    const auto uuid = Uuid::parse(name_or_uuid);
    auto guests = gather(reader, {.range = range, .guest = uuid});
    if (!guests) return std::unexpected(guests.error());
    std::erase_if(*guests, [&](const Presence& guest) {
        return uuid ? guest.uuid != *uuid : std::ranges::find(guest.names, name_or_uuid) == guest.names.end();
    });
    if (guests->size() == 1) return guests->front();
    const std::string shown = printable(name_or_uuid, 80);
    if (guests->empty()) return fail(ErrorKind::absent, "no guest '{}' in that range; see virtscope list", shown);
    return fail(ErrorKind::busy, "{} guests had the name '{}' in that range: say which by UUID: {}", guests->size(),
                shown, choices(*guests));
}

}  // namespace virtscope
