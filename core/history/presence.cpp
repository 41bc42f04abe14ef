#include "core/history/presence.h"

#include <algorithm>
#include <unordered_map>

#include "core/text.h"

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
            if (std::ranges::find(presence.names, guest.name) == presence.names.end()) presence.names.push_back(guest.name);
        }
    }

    RosterPtr roster_;
    std::int64_t last_ = 0;
    std::vector<Presence> found_;
    std::unordered_map<Uuid, std::size_t, UuidHash> places_;
};

}  // namespace

Result<std::vector<Presence>> guests_in(RingReader& reader, const TimeRange& range) {
    Gathering gathering;
    const auto lost = reader.scan({.range = range, .guest = std::nullopt}, [&gathering](const Frame& frame) {
        gathering.add(frame);
        return true;
    });
    if (!lost) return std::unexpected(lost.error());
    return gathering.take();
}

Result<Presence> find_guest_in(RingReader& reader, const TimeRange& range, std::string_view name_or_uuid) {
    auto guests = guests_in(reader, range);
    if (!guests) return std::unexpected(guests.error());
    const auto uuid = Uuid::parse(name_or_uuid);
    std::erase_if(*guests, [&](const Presence& guest) {
        return uuid ? guest.uuid != *uuid : std::ranges::find(guest.names, name_or_uuid) == guest.names.end();
    });
    if (guests->size() == 1) return guests->front();
    const std::string shown = printable(name_or_uuid, 80);
    if (guests->empty()) return fail(ErrorKind::absent, "no guest '{}' in that range; see virtscope list", shown);
    std::string uuids;
    for (const Presence& guest : *guests) uuids += (uuids.empty() ? "" : ", ") + guest.uuid.text();
    return fail(ErrorKind::busy, "{} guests had the name '{}' in that range: say which by UUID ({})", guests->size(), shown, uuids);
}

}  // namespace virtscope
