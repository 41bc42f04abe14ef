#include "fake_libvirt.h"

#include <cstring>

#include <fmt/format.h>

namespace virtscope::tests {
namespace {

using libvirt::Library;

FakeLibvirt* current = nullptr;

constexpr const char* xml =
    "<domain><memory unit='KiB'>16384</memory><devices><disk><source file='/a.raw'/>"
    "<target dev='vda' bus='virtio'/></disk></devices></domain>";

FakeGuest& guest_of(virDomainPtr domain) { return *reinterpret_cast<FakeGuest*>(domain); }
virDomainPtr domain_of(FakeGuest& guest) { return reinterpret_cast<virDomainPtr>(&guest); }

int block_stats(virDomainPtr domain, const char*, virTypedParameterPtr params, int* count, unsigned) {
    FakeGuest& guest = guest_of(domain);
    std::unique_lock lock(current->mutex);
    ++current->asking;
    guest.most_asked = std::max(guest.most_asked, ++guest.being_asked);
    current->changed.wait(lock, [&] { return !guest.hung; });
    --guest.being_asked;
    --current->asking;
    current->changed.notify_all();
    if (!current->finds(guest)) return -1;
    std::strncpy(params[0].field, VIR_DOMAIN_BLOCK_STATS_READ_REQ, VIR_TYPED_PARAM_FIELD_LENGTH - 1);
    params[0].type = VIR_TYPED_PARAM_LLONG;
    params[0].value.l = ++guest.answers;
    *count = 1;
    return 0;
}

int memory_stats(virDomainPtr domain, virDomainMemoryStatPtr stats, unsigned, unsigned) {
    const std::lock_guard lock(current->mutex);
    if (!current->finds(guest_of(domain))) return -1;
    stats[0] = {.tag = VIR_DOMAIN_MEMORY_STAT_ACTUAL_BALLOON, .val = 16384};
    return 1;
}

char* xml_of(virDomainPtr domain, unsigned) {
    const std::lock_guard lock(current->mutex);
    return current->finds(guest_of(domain)) ? ::strdup(xml) : nullptr;
}

int list(virConnectPtr, unsigned, virDomainStatsRecordPtr** records, unsigned flags) {
    const std::lock_guard lock(current->mutex);
    const bool inactive = (flags & VIR_CONNECT_GET_ALL_DOMAINS_STATS_INACTIVE) != 0;
    *records = new virDomainStatsRecordPtr[current->guests.size() + 1]{};
    int count = 0;
    for (FakeGuest& guest : current->guests) {
        if (inactive || !current->finds(guest)) continue;
        auto* const params = new virTypedParameter[1]{};
        std::strncpy(params[0].field, "state.state", VIR_TYPED_PARAM_FIELD_LENGTH - 1);
        params[0].type = VIR_TYPED_PARAM_INT;
        params[0].value.i = VIR_DOMAIN_RUNNING;
        (*records)[count++] = new virDomainStatsRecord{domain_of(guest), params, 1};
    }
    return count;
}

void free_list(virDomainStatsRecordPtr* records) {
    for (virDomainStatsRecordPtr* record = records; *record != nullptr; ++record) {
        delete[](*record)->params;
        delete *record;
    }
    delete[] records;
}

int uuid_of(virDomainPtr domain, unsigned char* uuid) {
    std::memcpy(uuid, guest_of(domain).uuid.bytes.data(), VIR_UUID_BUFLEN);
    return 0;
}

// The fields that the sampling side uses.
Library made_up() {
    Library fake;
    fake.virGetLastErrorMessage = [] { return "Domain not found"; };
    fake.virGetLastErrorCode = []() -> int { return VIR_ERR_NO_DOMAIN; };
    fake.virConnectOpenReadOnly = [](const char*) { return reinterpret_cast<virConnectPtr>(current); };
    fake.virConnectClose = [](virConnectPtr) { return 0; };
    fake.virConnectIsAlive = [](virConnectPtr) { return 1; };
    fake.virConnectSetKeepAlive = [](virConnectPtr, int, unsigned) { return 0; };
    fake.virConnectGetType = [](virConnectPtr) { return "fake"; };
    fake.virConnectGetVersion = [](virConnectPtr, unsigned long*) { return -1; };
    fake.virConnectGetLibVersion = [](virConnectPtr, unsigned long*) { return -1; };
    fake.virConnectDomainEventRegisterAny = [](virConnectPtr, virDomainPtr, int, virConnectDomainEventGenericCallback,
                                               void*, virFreeCallback) { return -1; };
    fake.virConnectGetAllDomainStats = list;
    fake.virDomainStatsRecordListFree = free_list;
    fake.virDomainRef = [](virDomainPtr domain) {
        const std::lock_guard lock(current->mutex);
        return current->finds(guest_of(domain)) ? 0 : -1;
    };
    fake.virDomainFree = [](virDomainPtr) { return 0; };
    fake.virDomainGetUUID = uuid_of;
    fake.virDomainGetName = [](virDomainPtr domain) { return guest_of(domain).name.c_str(); };
    fake.virDomainGetID = [](virDomainPtr) { return 7U; };
    fake.virDomainGetXMLDesc = xml_of;
    fake.virDomainBlockStatsFlags = block_stats;
    fake.virDomainMemoryStats = memory_stats;
    return fake;
}

}  // namespace

FakeLibvirt::FakeLibvirt(std::size_t count) : guests(count), library_(made_up()) {
    current = this;
    for (std::size_t i = 0; i < count; ++i) {
        guests[i].name = fmt::format("g{}", i);
        guests[i].uuid.bytes[0] = static_cast<std::uint8_t>(i + 1);
    }
}

FakeLibvirt::~FakeLibvirt() {
    std::unique_lock lock(mutex);
    for (FakeGuest& guest : guests) guest.hung = false;
    changed.notify_all();
    changed.wait(lock, [this] { return asking == 0; });
}

bool FakeLibvirt::finds(FakeGuest& guest) {
    if (guest.left > 0) --guest.left;
    return guest.left != 0;
}

Bench::Bench(const libvirt::Snapshot& snapshot) {
    for (const libvirt::GuestStats& stats : snapshot.guests) {
        Place& place = places.emplace_back();
        place.uuid = stats.place.uuid;
        place.generation = stats.place.generation;
        place.name = stats.place.name;
        place.disks = stats.place.disks;
    }
    for (std::size_t i = 0; i < places.size(); ++i) {
        slots.push_back({.place = &places[i], .guest = i, .first_disk = roster.disks.size()});
        roster.guests.push_back({.uuid = places[i].uuid, .generation = places[i].generation, .name = places[i].name});
        for (const DiskPlace& disk : places[i].disks)
            roster.disks.push_back({static_cast<std::uint32_t>(i), disk.name, disk.source});
    }
}

Clock::duration Bench::ask(libvirt::LocalGuests& local, Clock::duration deadline) {
    frame.reset(std::make_shared<Roster>(roster));
    const auto begin = Clock::now();
    local.ask(slots, frame, begin + deadline, events);
    return Clock::now() - begin;
}

bool Bench::is_fresh(std::size_t guest) const {
    return frame.get(guest, GuestMetric::stale) == 0 && frame.get(slots[guest].first_disk, DiskMetric::read_ops);
}

}  // namespace virtscope::tests
