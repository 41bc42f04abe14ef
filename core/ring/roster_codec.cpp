#include <algorithm>
#include <array>

#include "core/ring/bytes.h"
#include "core/ring/codec.h"

namespace virtscope::ring {
namespace {

// The least bytes an entry can take, all strings empty: bounds a count before memory is taken for it.
constexpr std::size_t least_guest = 16 + 8 + 8 + guest_lists.size() * 8 + 8;
constexpr std::size_t least_instance = 4 + 2 * 2;

// Rows belong to the guests in their order, none to nobody, and every index is in range: whoever uses a
// roster may rely on it.
bool sound(const Roster& roster, const GuestList& list) {
    std::uint64_t rows = 0;
    for (const RosterGuest& guest : roster.guests) {
        if (guest.*list.first != rows) return false;
        rows += guest.*list.count;
    }
    const auto& all = roster.*list.all;
    return rows == all.size() && std::ranges::all_of(all, [&roster](const RosterInstance& instance) {
        return instance.guest < roster.guests.size();
    });
}

bool sound(const Roster& roster) {
    return std::ranges::all_of(guest_lists, [&roster](const GuestList& list) { return sound(roster, list); });
}

// `visit(vector of instances)` for each list, in the order of the format; `roster` may be const.
template <class R, class Visit>
void for_each_list(R& roster, Visit visit) {
    for (const GuestList& list : guest_lists) visit(roster.*list.all);
    for (const HostList& list : host_lists) visit(roster.*list.all);
}

bool too_large(const Roster& roster) {
    bool is = roster.guests.size() > max_rows;
    for_each_list(roster, [&is](const auto& list) { is = is || list.size() > max_rows; });
    return is;
}

void put_guest(ByteWriter& to, const RosterGuest& guest) {
    to.raw(std::as_bytes(std::span(guest.uuid.bytes)));
    to.put(guest.generation);
    to.put(guest.local_id);
    for (const GuestList& list : guest_lists) {
        to.put(guest.*list.first);
        to.put(guest.*list.count);
    }
    for (const std::string* text : {&guest.name, &guest.driver, &guest.machine, &guest.note}) to.text(*text);
}

RosterGuest get_guest(ByteReader& from) {
    RosterGuest guest;
    const auto uuid = from.raw(guest.uuid.bytes.size());
    if (!uuid.empty()) std::memcpy(guest.uuid.bytes.data(), uuid.data(), uuid.size());
    guest.generation = from.get<std::uint64_t>();
    guest.local_id = from.get<std::int64_t>();
    for (const GuestList& list : guest_lists) {
        guest.*list.first = from.get<std::uint32_t>();
        guest.*list.count = from.get<std::uint32_t>();
    }
    for (std::string* text : {&guest.name, &guest.driver, &guest.machine, &guest.note}) *text = from.text();
    return guest;
}

RosterInstance get_instance(ByteReader& from) {
    RosterInstance instance;
    instance.guest = from.get<std::uint32_t>();
    instance.name = from.text();
    instance.source = from.text();
    return instance;
}

}  // namespace

Result<> encode_roster(const Roster& roster, Bytes& out) {
    if (too_large(roster)) return fail(ErrorKind::unsupported, "a roster of more than {} rows", max_rows);
    if (!sound(roster)) return fail(ErrorKind::malformed, "a roster with rows that belong to no guest");
    out.clear();
    ByteWriter to(out);
    const RosterHost& host = roster.host;
    for (const std::string* text : {&host.name, &host.boot_id, &host.arch, &host.hypervisor, &host.kernel}) {
        to.text(*text);
    }
    to.put(static_cast<std::uint32_t>(roster.guests.size()));
    for_each_list(roster, [&to](const auto& list) { to.put(static_cast<std::uint32_t>(list.size())); });
    for (const RosterGuest& guest : roster.guests) put_guest(to, guest);
    for_each_list(roster, [&to](const auto& list) {
        for (const RosterInstance& instance : list) {
            to.put(instance.guest);
            to.text(instance.name);
            to.text(instance.source);
        }
    });
    return {};
}

Result<std::shared_ptr<const Roster>> decode_roster(std::span<const std::byte> bytes) {
    ByteReader from(bytes);
    auto roster = std::make_shared<Roster>();
    RosterHost& host = roster->host;
    for (std::string* text : {&host.name, &host.boot_id, &host.arch, &host.hypervisor, &host.kernel}) {
        *text = from.text();
    }
    const std::size_t guests = from.count(least_guest);
    std::array<std::size_t, guest_lists.size() + host_lists.size()> counts{};
    for (std::size_t& count : counts) count = from.count(least_instance);
    if (from.bad() || std::max(guests, std::ranges::max(counts)) > max_rows) {
        return fail(ErrorKind::malformed, "roster record: counts do not fit its size");
    }
    roster->guests.reserve(guests);
    for (std::size_t i = 0; i < guests && !from.bad(); ++i) roster->guests.push_back(get_guest(from));
    const std::size_t* count = counts.data();
    for_each_list(*roster, [&](std::vector<RosterInstance>& list) {
        list.reserve(*count);
        for (std::size_t i = 0; i < *count && !from.bad(); ++i) list.push_back(get_instance(from));
        ++count;
    });
    if (from.bad() || from.left() != 0) return fail(ErrorKind::malformed, "roster record: wrong size");
    if (!sound(*roster)) return fail(ErrorKind::malformed, "roster record: rows that belong to no guest");
    return roster;
}

}  // namespace virtscope::ring
