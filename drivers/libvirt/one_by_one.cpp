#include "drivers/libvirt/one_by_one.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <cstring>
#include <optional>
#include <span>

#include <fmt/format.h>

#include "drivers/libvirt/places.h"

namespace virtscope::libvirt {
namespace {

constexpr std::chrono::seconds lasts{30};

// A record like those of the bulk statistics, made by us.
class Record {
public:
    void add(const std::string& name, long long value) {
        if (value < 0) return;  // libvirt's way to say that it does not know
        virTypedParameter& param = named(name);
        param.type = VIR_TYPED_PARAM_ULLONG;
        param.value.ul = static_cast<unsigned long long>(value);
    }
    void add(const std::string& name, const std::string& text) {
        virTypedParameter& param = named(name);
        param.type = VIR_TYPED_PARAM_STRING;
        param.value.s = const_cast<char*>(text.c_str());  // only read, while the definition it is of lives
    }
    GuestStats read(const Library& library, virDomainPtr domain) {
        return read_record(library, {domain, params_.data(), static_cast<int>(params_.size())});
    }

private:
    virTypedParameter& named(const std::string& name) {
        virTypedParameter& param = params_.emplace_back();
        name.copy(std::begin(param.field), VIR_TYPED_PARAM_FIELD_LENGTH - 1);
        return param;
    }
    std::vector<virTypedParameter> params_;
};

// What drivers tell that know nothing newer.
void add_plain_disk(const Library& library, virDomainPtr domain, const std::string& disk, const std::string& prefix,
                    Record& record) {
    virDomainBlockStatsStruct stats{};
    if (library.virDomainBlockStats(domain, disk.c_str(), &stats, sizeof stats) < 0) return;
    record.add(prefix + "rd.reqs", stats.rd_req);
    record.add(prefix + "rd.bytes", stats.rd_bytes);
    record.add(prefix + "wr.reqs", stats.wr_req);
    record.add(prefix + "wr.bytes", stats.wr_bytes);
}

void add_disk(const Library& library, virDomainPtr domain, const DefinedDisk& disk, const std::string& prefix,
              Record& record) {
    static constexpr std::pair<std::string_view, std::string_view> names[] = {
        {VIR_DOMAIN_BLOCK_STATS_READ_REQ, "rd.reqs"},          {VIR_DOMAIN_BLOCK_STATS_READ_BYTES, "rd.bytes"},
        {VIR_DOMAIN_BLOCK_STATS_READ_TOTAL_TIMES, "rd.times"}, {VIR_DOMAIN_BLOCK_STATS_WRITE_REQ, "wr.reqs"},
        {VIR_DOMAIN_BLOCK_STATS_WRITE_BYTES, "wr.bytes"},      {VIR_DOMAIN_BLOCK_STATS_WRITE_TOTAL_TIMES, "wr.times"},
        {VIR_DOMAIN_BLOCK_STATS_FLUSH_REQ, "fl.reqs"},         {VIR_DOMAIN_BLOCK_STATS_FLUSH_TOTAL_TIMES, "fl.times"},
    };
    record.add(prefix + "name", disk.target);
    record.add(prefix + "path", disk.source);
    if (disk.source.empty()) return;
    std::array<virTypedParameter, 16> params{};
    int count = static_cast<int>(params.size());
    if (library.virDomainBlockStatsFlags(domain, disk.target.c_str(), params.data(), &count, 0) < 0) {
        add_plain_disk(library, domain, disk.target, prefix, record);
        return;
    }
    for (const virTypedParameter& param : std::span(params).first(static_cast<std::size_t>(std::clamp(count, 0, 16)))) {
        const auto* const known = std::ranges::find(names, std::string_view(param.field),
                                                    &std::pair<std::string_view, std::string_view>::first);
        if (known == std::end(names) || param.type != VIR_TYPED_PARAM_LLONG) continue;
        record.add(prefix + std::string(known->second), param.value.l);
    }
}

// libvirt tells it from the guest's side, as the bulk statistics do.
void add_nic(const Library& library, virDomainPtr domain, const std::string& nic, const std::string& prefix,
             Record& record) {
    record.add(prefix + "name", nic);
    virDomainInterfaceStatsStruct stats{};
    if (library.virDomainInterfaceStats(domain, nic.c_str(), &stats, sizeof stats) < 0) return;
    record.add(prefix + "rx.bytes", stats.rx_bytes);
    record.add(prefix + "rx.pkts", stats.rx_packets);
    record.add(prefix + "rx.errs", stats.rx_errs);
    record.add(prefix + "rx.drop", stats.rx_drop);
    record.add(prefix + "tx.bytes", stats.tx_bytes);
    record.add(prefix + "tx.pkts", stats.tx_packets);
    record.add(prefix + "tx.errs", stats.tx_errs);
    record.add(prefix + "tx.drop", stats.tx_drop);
}

void add_devices(const Library& library, virDomainPtr domain, const Definition& definition, Record& record) {
    record.add("block.count", static_cast<long long>(definition.disks.size()));
    for (std::size_t i = 0; i < definition.disks.size(); ++i)
        add_disk(library, domain, definition.disks[i], fmt::format("block.{}.", i), record);
    record.add("net.count", static_cast<long long>(definition.nics.size()));
    for (std::size_t i = 0; i < definition.nics.size(); ++i)
        add_nic(library, domain, definition.nics[i], fmt::format("net.{}.", i), record);
}

// State, CPU and memory; false: it has vanished.
bool add_info(const Library& library, virDomainPtr domain, Record& record) {
    int state = 0;
    int reason = 0;
    virDomainInfo info{};
    if (library.virDomainGetState(domain, &state, &reason, 0) < 0 || library.virDomainGetInfo(domain, &info) < 0)
        return false;
    record.add("state.state", state);
    record.add("state.reason", reason);
    record.add("cpu.time", static_cast<long long>(info.cpuTime));
    record.add("balloon.maximum", static_cast<long long>(info.maxMem));
    record.add("balloon.current", static_cast<long long>(info.memory));
    record.add("vcpu.current", info.nrVirtCpu);
    return true;
}

}  // namespace

// Null: it cannot be read now.
const Definition* OneByOne::definition_of(virDomainPtr domain) {
    Uuid uuid;
    if (library_.virDomainGetUUID(domain, uuid.bytes.data()) != 0) return nullptr;
    const unsigned id = library_.virDomainGetID(domain);
    const auto known = known_.find(uuid);
    if (known != known_.end() && known->second.id == id && Clock::now() - known->second.read < lasts)
        return &known->second.definition;
    const std::unique_ptr<char, void (*)(void*)> xml(library_.virDomainGetXMLDesc(domain, 0), std::free);
    auto definition = xml != nullptr ? parse_definition(xml.get()) : fail(ErrorKind::absent, "no definition");
    if (!definition) return nullptr;
    return &(known_[uuid] = {id, Clock::now(), std::move(*definition)}).definition;
}

Result<std::vector<GuestStats>> OneByOne::read(virConnectPtr connection) {
    virDomainPtr* domains = nullptr;
    const int count = library_.virConnectListAllDomains(connection, &domains, 0);
    if (count < 0) return std::unexpected(last_error(library_, "list of guests"));
    std::vector<GuestStats> guests;
    for (const virDomainPtr domain : std::span(domains, static_cast<std::size_t>(count))) {
        Record record;
        if (add_info(library_, domain, record)) {
            const bool runs = library_.virDomainGetID(domain) != static_cast<unsigned>(-1);
            const Definition* const definition = runs ? definition_of(domain) : nullptr;
            if (definition != nullptr) add_devices(library_, domain, *definition, record);
            guests.push_back(record.read(library_, domain));
            if (definition != nullptr) {
                guests.back().place.machine = definition->machine;
                guests.back().place.displays = displays_of(*definition);
            }
        }
        (void)library_.virDomainFree(domain);
    }
    std::free(static_cast<void*>(domains));
    std::erase_if(known_, [](const auto& entry) { return Clock::now() - entry.second.read > 2 * lasts; });
    return guests;
}

}  // namespace virtscope::libvirt
