#include "top/compose/arrange.h"

#include <algorithm>

#include <fmt/format.h>

#include "core/text.h"
#include "top/view/figures.h"
#include "top/view/list/name_glob.h"

namespace virtscope::top {
namespace {

std::optional<RowId> find_guest(const Scene& scene, std::size_t host, const Uuid& uuid) {
    if (host >= scene.hosts.size() || !scene.hosts[host].is_known()) return std::nullopt;
    const auto found = row_of(scene.hosts[host].picture.frame(), uuid);
    if (!found) return std::nullopt;
    const auto place = static_cast<std::uint32_t>(*found);
    return RowId{static_cast<std::uint32_t>(host), place, place};
}

std::optional<RowId> find_row(const Scene& scene, View list, const RowMark& mark) {
    const auto host = std::ranges::find(scene.hosts, mark.host, &Host::label);
    auto row = find_guest(scene, static_cast<std::size_t>(host - scene.hosts.begin()), mark.guest);
    if (!row || list == View::guests) return row;
    const auto& devices = host->picture.frame().roster->instances(scope_of_list(list));
    const auto is_it = [&](const RosterInstance& device) {
        return device.guest == row->guest && device.name == mark.device;
    };
    const auto device = std::ranges::find_if(devices, is_it);
    if (device == devices.end()) return std::nullopt;
    row->row = static_cast<std::uint32_t>(device - devices.begin());
    return row;
}

List list_of(const Scene& scene, const Session& session) {
    ListQuery query{.list = session.list, .sorting = session.of_list().sorting, .options = session.options};
    if (!session.filter.is_empty() || !session.guests.empty()) {
        query.keep = [&session, list = session.list](const RowContext& row) {
            if (!is_chosen(session.guests, row.guest().name)) return false;
            const auto is_tagged = [&](const RowContext& at) { return session.tagged.contains(mark_of(list, at)); };
            return session.filter.keeps(list, row, is_tagged);
        };
    }
    return {scene, std::move(query)};
}

// From the place on, then from the other end.
std::optional<std::size_t> found_at(const List& list, const std::vector<RowId>& rows, const Search& search) {
    const std::size_t count = rows.size();
    const std::size_t from = std::min(search.from, search.backward ? count - 1 : count);
    for (std::size_t i = 0; i < count; ++i) {
        const std::size_t place = search.backward ? (from + count - i) % count : (from + i) % count;
        if (name_contains(list.query().list, list.context(rows[place]), search.text)) return place;
    }
    return std::nullopt;
}

void carry_out(const Search& search, List& list, Session& session) {
    ListState& state = session.of_list();
    const auto rows = list.rows(0, list.size());
    const auto place = rows.empty() ? std::nullopt : found_at(list, rows, search);
    if (!place) {
        session.message = fmt::format("no row with '{}' in its name", printable(search.text, 60));
        return;
    }
    state.selected = *place;
    state.follows = true;
    state.bar.reset();
}

void follow(const Scene& scene, const List& list, ListState& state) {
    if (!state.follows || !state.bar) return;
    if (const auto row = find_row(scene, list.query().list, *state.bar)) state.selected = list.place_of(*row);
}

}  // namespace

std::optional<RowId> find_guest(const Scene& scene, const Subject& guest) {
    return find_guest(scene, guest.host, guest.uuid);
}

Subject subject_of(const Scene& scene, RowId row) {
    const Frame& frame = scene.hosts[row.host].picture.frame();
    const RosterGuest& guest = frame.roster->guests[row.guest];
    return {.uuid = guest.uuid,
            .name = guest.name,
            .generation = guest.generation,
            .state = state_of_guest(frame, row.guest),
            .host = row.host,
            .driver = guest.driver,
            .machine = guest.machine,
            .local_id = guest.local_id};
}

Arranged arrange(const Scene& scene, Session& session, std::size_t page) {
    Arranged arranged{.list = list_of(scene, session)};
    List& list = arranged.list;
    ListState& state = session.of_list();
    follow(scene, list, state);
    if (const auto search = std::exchange(session.search, std::nullopt)) carry_out(*search, list, session);
    settle(state, list.size(), page);
    arranged.rows = list.rows(state.first, page);
    state.bar.reset();
    session.subject.reset();
    if (const auto under = list.rows(state.selected, 1); !under.empty()) {
        state.bar = mark_of(session.list, list.context(under.front()));
        session.subject = subject_of(scene, under.front());
    }
    return arranged;
}

}  // namespace virtscope::top
