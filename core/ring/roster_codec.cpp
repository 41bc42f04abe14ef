#include "core/ring/bytes.h"
#include "core/ring/codec.h"

namespace virtscope::ring {
namespace {

// The least bytes an entry can take, all strings empty: bounds a count before memory is taken for it.
constexpr std::size_t least_guest = 16 + 8 + 8 + 6 * 4 + 4 * 2;
constexpr std::size_t least_instance = 4 + 2 * 2;

// Rows belong to the guests in their order, none to nobody, and every index is in range: whoever uses a
// roster may rely on it.
bool sound(const Roster& roster) {
    std::uint64_t vcpus = 0;
    std::uint64_t disks = 0;
    std::uint64_t nics = 0;
    for (const RosterGuest& guest : roster.guests) {
        if (guest.first_vcpu != vcpus || guest.first_disk != disks || guest.first_nic != nics) return false;
        vcpus += guest.vcpus;
        disks += guest.disks;
        nics += guest.nics;
    }
    if (vcpus != roster.vcpus.size() || disks != roster.disks.size() || nics != roster.nics.size()) return false;
    for (const auto* list : {&roster.vcpus, &roster.disks, &roster.nics}) {
        for (const RosterInstance& instance : *list) {
            if (instance.guest >= roster.guests.size()) return false;
        }
    }
    return true;
}

bool too_large(const Roster& roster) {
    return roster.guests.size() > max_rows || roster.vcpus.size() > max_rows || roster.disks.size() > max_rows ||
           roster.nics.size() > max_rows || roster.cpus.size() > max_rows;
}

void put_guest(ByteWriter& to, const RosterGuest& guest) {
    to.raw(std::as_bytes(std::span(guest.uuid.bytes)));
    to.put(guest.generation);
    to.put(guest.local_id);
    for (const std::uint32_t n :
         {guest.first_vcpu, guest.vcpus, guest.first_disk, guest.disks, guest.first_nic, guest.nics}) {
        to.put(n);
    }
    for (const std::string* text : {&guest.name, &guest.driver, &guest.machine, &guest.note}) to.text(*text);
}

RosterGuest get_guest(ByteReader& from) {
    RosterGuest guest;
    const auto uuid = from.raw(guest.uuid.bytes.size());
    if (!uuid.empty()) std::memcpy(guest.uuid.bytes.data(), uuid.data(), uuid.size());
    guest.generation = from.get<std::uint64_t>();
    guest.local_id = from.get<std::int64_t>();
    for (std::uint32_t* n :
         {&guest.first_vcpu, &guest.vcpus, &guest.first_disk, &guest.disks, &guest.first_nic, &guest.nics}) {
        *n = from.get<std::uint32_t>();
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
    for (const auto* list : {&roster.vcpus, &roster.disks, &roster.nics, &roster.cpus}) {
        to.put(static_cast<std::uint32_t>(list->size()));
    }
    for (const RosterGuest& guest : roster.guests) put_guest(to, guest);
    for (const auto* list : {&roster.vcpus, &roster.disks, &roster.nics, &roster.cpus}) {
        for (const RosterInstance& instance : *list) {
            to.put(instance.guest);
            to.text(instance.name);
            to.text(instance.source);
        }
    }
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
    const std::size_t vcpus = from.count(least_instance);
    const std::size_t disks = from.count(least_instance);
    const std::size_t nics = from.count(least_instance);
    const std::size_t cpus = from.count(least_instance);
    if (from.bad() || std::max({guests, vcpus, disks, nics, cpus}) > max_rows) {
        return fail(ErrorKind::malformed, "roster record: counts do not fit its size");
    }
    roster->guests.reserve(guests);
    for (std::size_t i = 0; i < guests && !from.bad(); ++i) roster->guests.push_back(get_guest(from));
    const auto instances = [&from](std::vector<RosterInstance>& list, std::size_t count) {
        list.reserve(count);
        for (std::size_t i = 0; i < count && !from.bad(); ++i) list.push_back(get_instance(from));
    };
    instances(roster->vcpus, vcpus);
    instances(roster->disks, disks);
    instances(roster->nics, nics);
    instances(roster->cpus, cpus);
    if (from.bad() || from.left() != 0) return fail(ErrorKind::malformed, "roster record: wrong size");
    if (!sound(*roster)) return fail(ErrorKind::malformed, "roster record: rows that belong to no guest");
    return roster;
}

}  // namespace virtscope::ring
