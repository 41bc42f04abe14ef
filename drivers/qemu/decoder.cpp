#include "drivers/qemu/decoder.h"

#include <algorithm>
#include <unordered_map>

#include <simdjson.h>

#include "drivers/qemu/framer.h"

namespace virtscope::qemu {
namespace {

using simdjson::dom::element;

constexpr std::size_t max_text = 1024;
constexpr std::size_t max_entries = 4096;

std::optional<std::uint64_t> number(const element& object, const char* key) {
    std::uint64_t value = 0;
    if (object[key].get_uint64().get(value) != simdjson::SUCCESS) return std::nullopt;
    return value;
}

std::string text(const element& object, const char* key) {
    std::string_view value;
    if (object[key].get_string().get(value) != simdjson::SUCCESS) return {};
    return std::string(value.substr(0, max_text));
}

// Calls `each` for the members of an array; for anything else not at all.
template <class Each>
void for_each(const simdjson::simdjson_result<element>& value, const Each& each) {
    simdjson::dom::array members;
    if (value.get_array().get(members) != simdjson::SUCCESS) return;
    std::size_t count = 0;
    for (const element member : members) {
        if (++count > max_entries) return;
        each(member);
    }
}

// "/machine/peripheral/vda/virtio-backend" -> "vda"; an id stands for itself; the others have none.
std::string_view device_id(std::string_view qdev) {
    if (qdev.find('/') == std::string_view::npos) return qdev;
    constexpr std::string_view peripheral = "/machine/peripheral/";
    if (!qdev.starts_with(peripheral)) return {};
    qdev.remove_prefix(peripheral.size());
    return qdev.substr(0, qdev.find('/'));
}

// Empty: a backend that no device uses, such as one made for a block job.
std::string disk_name(const element& entry) {
    const std::string qdev = text(entry, "qdev");
    std::string device = text(entry, "device");
    if (const auto id = device_id(qdev); !id.empty()) return std::string(id);
    if (!device.empty()) return device;
    if (qdev.empty()) return {};
    std::string node = text(entry, "node-name");
    if (node.empty() && entry["inserted"].error() == simdjson::SUCCESS) {
        node = text(entry["inserted"].value_unsafe(), "node-name");
    }
    // A generated node name changes with each change of the medium: the device's place does not.
    return node.empty() || node.starts_with('#') ? qdev.substr(std::min(qdev.rfind("device["), qdev.size())) : node;
}

// Names of the disks of one reply, made different from each other.
class Names {
public:
    std::string unique(const std::string& name) {
        const unsigned count = ++seen_[name];
        return count == 1 ? name : name + "#" + std::to_string(count);
    }

private:
    std::unordered_map<std::string, unsigned> seen_;
};

struct Counter {
    DiskMetric metric;
    const char* key;
};

constexpr std::array counters{
    Counter{DiskMetric::read_ops, "rd_operations"},       Counter{DiskMetric::read_bytes, "rd_bytes"},
    Counter{DiskMetric::read_time, "rd_total_time_ns"},   Counter{DiskMetric::write_ops, "wr_operations"},
    Counter{DiskMetric::write_bytes, "wr_bytes"},         Counter{DiskMetric::write_time, "wr_total_time_ns"},
    Counter{DiskMetric::flush_ops, "flush_operations"},   Counter{DiskMetric::flush_time, "flush_total_time_ns"},
    Counter{DiskMetric::discard_ops, "unmap_operations"}, Counter{DiskMetric::discard_bytes, "unmap_bytes"},
    Counter{DiskMetric::discard_time, "unmap_total_time_ns"},
};

std::optional<std::uint64_t> failed_operations(const element& stats) {
    std::optional<std::uint64_t> sum;
    for (const char* key : {"failed_rd_operations", "failed_wr_operations", "failed_flush_operations",
                            "failed_unmap_operations", "failed_zone_append_operations"}) {
        if (const auto value = number(stats, key)) sum = sum.value_or(0) + *value;
    }
    return sum;
}

GuestState state_named(std::string_view status) {
    using enum GuestState;
    static constexpr std::array<std::pair<std::string_view, GuestState>, 16> states{{
        {"running", running}, {"debug", paused}, {"paused", paused}, {"prelaunch", paused}, {"save-vm", paused},
        {"watchdog", paused}, {"io-error", paused_io}, {"guest-panicked", crashed}, {"internal-error", crashed},
        {"suspended", suspended}, {"shutdown", shutting_down}, {"inmigrate", migrating}, {"postmigrate", migrating},
        {"finish-migrate", migrating}, {"restore-vm", migrating}, {"colo", migrating}}};
    const auto found = std::ranges::find(states, status, &std::pair<std::string_view, GuestState>::first);
    return found != states.end() ? found->second : unknown;
}

void set_vcpu_stat(VcpuStats& out, const element& stat) {
    const std::string name = text(stat, "name");
    bool flag = false;
    if (name == "blocking" && stat["value"].get_bool().get(flag) == simdjson::SUCCESS) out.halted = flag ? 1 : 0;
    const auto value = number(stat, "value");
    if (!value) return;
    if (name == "exits") out.exits = value;
    if (name == "halt_exits") out.halt_exits = value;
    if (name == "halt_wait_ns") out.halt_wait = value;
    if (name == "irq_injections") out.irq_injections = value;
    if (name == "halt_poll_success_ns" || name == "halt_poll_fail_ns") out.halt_poll = out.halt_poll.value_or(0) + *value;
}

}  // namespace

struct Decoder::Document {
    simdjson::dom::parser parser{max_message_bytes + simdjson::SIMDJSON_PADDING};
    element root;
    simdjson::simdjson_result<element> result = no_result();  // "return" of a reply

    static simdjson::simdjson_result<element> no_result() { return {simdjson::NO_SUCH_FIELD}; }
};

Decoder::Decoder() : document_(std::make_unique<Document>()) {}
Decoder::~Decoder() = default;

Result<Message> Decoder::parse(std::string_view message) {
    Document& document = *document_;
    document.result = Document::no_result();
    const auto error = document.parser.parse(message.data(), message.size()).get(document.root);
    if (error != simdjson::SUCCESS) return fail(ErrorKind::malformed, "monitor: {}", simdjson::error_message(error));
    const element& root = document.root;
    Message out;
    out.id = number(root, "id").value_or(0);
    if (element part; root["return"].get(part) == simdjson::SUCCESS) {
        out.kind = MessageKind::reply;
        document.result = simdjson::simdjson_result<element>(element(part));
    } else if (root["error"].get(part) == simdjson::SUCCESS) {
        out.kind = MessageKind::error;
        out.name = text(part, "class");
        out.text = text(part, "desc");
    } else if (out.name = text(root, "event"); !out.name.empty()) {
        out.kind = MessageKind::event;
        if (root["data"].get(part) == simdjson::SUCCESS) out.text = text(part, "device");
    } else if (root.at_pointer("/QMP/version/qemu").get(part) == simdjson::SUCCESS) {
        out.kind = MessageKind::greeting;
        out.text = fmt::format("{}.{}.{}", number(part, "major").value_or(0), number(part, "minor").value_or(0),
                               number(part, "micro").value_or(0));
    }
    return out;
}

std::vector<DiskStats> Decoder::disks() const {
    std::vector<DiskStats> out;
    Names names;
    for_each(document_->result, [&](const element& entry) {
        std::string name = disk_name(entry);
        element stats;
        if (name.empty() || entry["stats"].get(stats) != simdjson::SUCCESS) return;
        DiskStats disk;
        disk.name = names.unique(name);
        disk.medium = !text(entry, "node-name").empty();
        disk.virtio_blk = text(entry, "qdev").ends_with("/virtio-backend");
        for (const Counter& counter : counters) {
            disk.counters[static_cast<std::size_t>(counter.metric)] = number(stats, counter.key);
        }
        disk.counters[static_cast<std::size_t>(DiskMetric::failed_ops)] = failed_operations(stats);
        out.push_back(std::move(disk));
    });
    return out;
}

std::vector<DiskImage> Decoder::images() const {
    std::vector<DiskImage> out;
    Names names;
    for_each(document_->result, [&](const element& entry) {
        std::string name = disk_name(entry);
        if (name.empty()) return;
        DiskImage disk;
        disk.name = names.unique(name);
        element inserted;
        element image;
        if (entry["inserted"].get(inserted) == simdjson::SUCCESS) {
            disk.source = text(inserted, "file");
            if (inserted["image"].get(image) == simdjson::SUCCESS) {
                disk.capacity = number(image, "virtual-size");
                disk.allocation = number(image, "actual-size");
            }
        }
        out.push_back(std::move(disk));
    });
    return out;
}

std::vector<CpuThread> Decoder::cpus() const {
    std::vector<CpuThread> out;
    for_each(document_->result, [&](const element& entry) {
        const auto index = number(entry, "cpu-index");
        const auto thread = number(entry, "thread-id");
        if (!index || !thread || *index > 65535 || *thread > INT32_MAX) return;
        out.push_back({static_cast<unsigned>(*index), static_cast<std::int64_t>(*thread), text(entry, "qom-path")});
    });
    std::ranges::sort(out, {}, &CpuThread::index);
    const auto same = std::ranges::unique(out, {}, &CpuThread::index);
    out.erase(same.begin(), same.end());
    return out;
}

std::vector<IoThread> Decoder::iothreads() const {
    std::vector<IoThread> out;
    for_each(document_->result, [&](const element& entry) {
        const auto thread = number(entry, "thread-id");
        if (thread && *thread <= INT32_MAX) out.push_back({text(entry, "id"), static_cast<std::int64_t>(*thread)});
    });
    return out;
}

std::optional<GuestState> Decoder::status() const {
    std::string_view status;
    if (document_->result["status"].get_string().get(status) != simdjson::SUCCESS) return std::nullopt;
    return state_named(status);
}

std::optional<std::uint64_t> Decoder::balloon() const {
    std::uint64_t actual = 0;
    if (document_->result["actual"].get_uint64().get(actual) != simdjson::SUCCESS) return std::nullopt;
    return actual;
}

std::vector<VcpuStats> Decoder::vcpu_stats() const {
    std::vector<VcpuStats> out;
    for_each(document_->result, [&](const element& entry) {
        VcpuStats vcpu;
        vcpu.qom_path = text(entry, "qom-path");
        for_each(entry["stats"], [&](const element& stat) { set_vcpu_stat(vcpu, stat); });
        out.push_back(std::move(vcpu));
    });
    return out;
}

std::vector<std::string> Decoder::children(std::string_view type_prefix) const {
    std::vector<std::string> out;
    for_each(document_->result, [&](const element& entry) {
        if (text(entry, "type").starts_with(type_prefix)) out.push_back(text(entry, "name"));
    });
    return out;
}

GuestMemory Decoder::guest_memory() const {
    GuestMemory out;
    std::int64_t updated = 0;
    if (document_->result["last-update"].get_int64().get(updated) == simdjson::SUCCESS) out.updated = updated;
    element stats;
    if (document_->result["stats"].get(stats) != simdjson::SUCCESS) return out;
    // virtio-balloon says -1 (2^64 - 1) for what the guest's driver does not report.
    const auto value = [&stats](const char* key) {
        auto got = number(stats, key);
        if (got && *got == UINT64_MAX) got.reset();
        return got;
    };
    out.unused = value("stat-free-memory");
    out.available = value("stat-total-memory");
    out.usable = value("stat-available-memory");
    out.caches = value("stat-disk-caches");
    out.swap_in = value("stat-swap-in");
    out.swap_out = value("stat-swap-out");
    out.major_faults = value("stat-major-faults");
    out.minor_faults = value("stat-minor-faults");
    return out;
}

}  // namespace virtscope::qemu
