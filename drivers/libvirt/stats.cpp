#include "drivers/libvirt/stats.h"

#include <algorithm>
#include <optional>

namespace virtscope::libvirt {
namespace {

// A daemon is not believed when it claims more devices than any guest has.
constexpr std::uint64_t most_devices = 4096;

template <class M>
struct Named {
    const char* name = nullptr;
    M metric{};
    std::uint64_t unit = 1;
};

constexpr std::uint64_t kib = 1024;  // libvirt tells memory in KiB

constexpr Named<GuestMetric> guest_values[] = {
    {"vcpu.current", GuestMetric::vcpus}, {"vcpu.maximum", GuestMetric::vcpus_max}, {"cpu.time", GuestMetric::cpu_time},
    {"cpu.user", GuestMetric::cpu_user},  {"cpu.system", GuestMetric::cpu_system},
};
constexpr Named<GuestMetric> memory_values[] = {
    {"balloon.maximum", GuestMetric::memory_max, kib},        {"balloon.current", GuestMetric::memory_balloon, kib},
    {"balloon.unused", GuestMetric::memory_unused, kib},      {"balloon.available", GuestMetric::memory_available, kib},
    {"balloon.usable", GuestMetric::memory_usable, kib},      {"balloon.disk_caches", GuestMetric::memory_caches, kib},
    {"balloon.swap_in", GuestMetric::swap_in, kib},           {"balloon.swap_out", GuestMetric::swap_out, kib},
    {"balloon.major_fault", GuestMetric::guest_major_faults}, {"balloon.minor_fault", GuestMetric::guest_minor_faults},
};
// Of a guest that is only defined.
constexpr Named<GuestMetric> configured_values[] = {
    {"balloon.maximum", GuestMetric::memory_max, kib},
    {"vcpu.current", GuestMetric::vcpus},
    {"vcpu.maximum", GuestMetric::vcpus_max},
};
constexpr Named<VcpuMetric> vcpu_values[] = {{"time", VcpuMetric::time}, {"wait", VcpuMetric::wait}};
constexpr Named<DiskMetric> disk_values[] = {
    {"rd.reqs", DiskMetric::read_ops},      {"rd.bytes", DiskMetric::read_bytes},  {"rd.times", DiskMetric::read_time},
    {"wr.reqs", DiskMetric::write_ops},     {"wr.bytes", DiskMetric::write_bytes}, {"wr.times", DiskMetric::write_time},
    {"fl.reqs", DiskMetric::flush_ops},     {"fl.times", DiskMetric::flush_time},  {"capacity", DiskMetric::capacity},
    {"allocation", DiskMetric::allocation}, {"physical", DiskMetric::physical},
};
constexpr Named<NicMetric> nic_values[] = {
    {"rx.bytes", NicMetric::rx_bytes}, {"rx.pkts", NicMetric::rx_packets}, {"rx.errs", NicMetric::rx_errors},
    {"rx.drop", NicMetric::rx_drops},  {"tx.bytes", NicMetric::tx_bytes},  {"tx.pkts", NicMetric::tx_packets},
    {"tx.errs", NicMetric::tx_errors}, {"tx.drop", NicMetric::tx_drops},
};

template <class M, std::size_t n>
void fill(const GuestStats& stats, const std::string& prefix, const Named<M> (&values)[n], std::size_t row,
          Frame& frame) {
    for (const auto& value : values) {
        const auto found = stats.numbers.find(prefix + value.name);
        if (found != stats.numbers.end()) frame.set(row, value.metric, found->second * value.unit);
    }
}

std::optional<std::uint64_t> number_of(const virTypedParameter& param) {
    const auto unless_negative = [](std::int64_t value) {
        return value < 0 ? std::nullopt : std::optional(static_cast<std::uint64_t>(value));
    };
    switch (param.type) {
        case VIR_TYPED_PARAM_INT: return unless_negative(param.value.i);
        case VIR_TYPED_PARAM_UINT: return param.value.ui;
        case VIR_TYPED_PARAM_LLONG: return unless_negative(param.value.l);
        case VIR_TYPED_PARAM_ULLONG: return param.value.ul;
        case VIR_TYPED_PARAM_BOOLEAN: return param.value.b != 0 ? 1 : 0;
        default: return std::nullopt;
    }
}

std::uint64_t count_of(const GuestStats& stats, std::string_view name) {
    const auto found = stats.numbers.find(name);
    return found != stats.numbers.end() ? std::min(found->second, most_devices) : 0;
}

using Texts = std::map<std::string, std::string>;

void describe(Place& place, const GuestStats& stats, Texts& texts) {
    for (std::uint64_t i = 0; i < count_of(stats, "vcpu.maximum"); ++i) {
        const std::string name = "vcpu." + std::to_string(i) + ".state";  // a vCPU that is offline has none
        if (stats.numbers.contains(name)) place.vcpus.push_back({static_cast<unsigned>(i), std::nullopt});
    }
    for (std::uint64_t i = 0; i < count_of(stats, "block.count"); ++i) {
        const std::string prefix = "block." + std::to_string(i) + ".";
        place.disks.push_back({texts[prefix + "name"], texts[prefix + "path"]});
    }
    for (std::uint64_t i = 0; i < count_of(stats, "net.count"); ++i) {
        place.nics.push_back({texts["net." + std::to_string(i) + ".name"], 0, 0, {}});
    }
}

}  // namespace

GuestState guest_state(int state, int reason) {
    switch (state) {
        case VIR_DOMAIN_RUNNING: return GuestState::running;
        case VIR_DOMAIN_BLOCKED: return GuestState::blocked;
        case VIR_DOMAIN_PAUSED:
            if (reason == VIR_DOMAIN_PAUSED_IOERROR) return GuestState::paused_io;
            if (reason == VIR_DOMAIN_PAUSED_MIGRATION) return GuestState::migrating;
            return reason == VIR_DOMAIN_PAUSED_CRASHED ? GuestState::crashed : GuestState::paused;
        case VIR_DOMAIN_SHUTDOWN: return GuestState::shutting_down;
        case VIR_DOMAIN_SHUTOFF: return GuestState::shut_off;
        case VIR_DOMAIN_CRASHED: return GuestState::crashed;
        case VIR_DOMAIN_PMSUSPENDED: return GuestState::suspended;
        default: return GuestState::unknown;
    }
}

GuestStats read_record(const Library& library, const virDomainStatsRecord& record) {
    GuestStats stats;
    Texts texts;
    for (int i = 0; i < record.nparams; ++i) {
        const virTypedParameter& param = record.params[i];
        if (param.type == VIR_TYPED_PARAM_STRING) {
            texts[param.field] = param.value.s != nullptr ? param.value.s : "";
        } else if (const auto number = number_of(param)) {
            stats.numbers[param.field] = *number;
        }
    }
    Place& place = stats.place;
    (void)library.virDomainGetUUID(record.dom, place.uuid.bytes.data());  // copies what the record holds
    const char* const name = library.virDomainGetName(record.dom);
    place.name = name != nullptr ? name : "";
    const auto state = stats.numbers.find("state.state");
    if (state != stats.numbers.end()) {
        stats.state = guest_state(static_cast<int>(state->second), static_cast<int>(count_of(stats, "state.reason")));
    }
    const auto maximum = stats.numbers.find("balloon.maximum");
    if (maximum != stats.numbers.end()) place.memory_max = maximum->second * kib;
    const unsigned id = library.virDomainGetID(record.dom);
    if (id == static_cast<unsigned>(-1)) return stats;  // only defined: none of its devices exists
    place.local_id = id;
    place.generation = std::uint64_t{id} + 1;  // libvirt gives each start an id of its own
    describe(place, stats, texts);
    return stats;
}

void report(const Slot& slot, const GuestStats& stats, std::int64_t time, Frame& frame) {
    frame.set(slot.guest, GuestMetric::state, static_cast<std::uint64_t>(stats.state));
    if (stats.place.generation == 0) {
        fill(stats, "", configured_values, slot.guest, frame);
        return;
    }
    fill(stats, "", memory_values, slot.guest, frame);
    if (slot.own_vcpus) {
        fill(stats, "", guest_values, slot.guest, frame);
        for (std::size_t i = 0; i < slot.place->vcpus.size(); ++i) {
            const std::string prefix = "vcpu." + std::to_string(slot.place->vcpus[i].index) + ".";
            frame.table(Scope::Vcpu).row(slot.first_vcpu + i).time = time;
            fill(stats, prefix, vcpu_values, slot.first_vcpu + i, frame);
        }
    }
    for (std::size_t i = 0; slot.own_disks && i < slot.place->disks.size(); ++i) {
        frame.table(Scope::Disk).row(slot.first_disk + i).time = time;
        fill(stats, "block." + std::to_string(i) + ".", disk_values, slot.first_disk + i, frame);
    }
    for (std::size_t i = 0; slot.own_nics && i < slot.place->nics.size(); ++i) {
        frame.table(Scope::Nic).row(slot.first_nic + i).time = time;
        fill(stats, "net." + std::to_string(i) + ".", nic_values, slot.first_nic + i, frame);
    }
}

}  // namespace virtscope::libvirt
