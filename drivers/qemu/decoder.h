// Decoder: a monitor's messages as plain values. What is missing or of another type than QEMU's
// schema says is absent, never zero; what is no QMP message at all is an error.
//
// Strings are the guest's or its administrator's: they are cut to a bound here and made printable
// where they are shown.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/catalogue.h"
#include "core/result.h"
#include "core/roster.h"

namespace virtscope::qemu {

enum class MessageKind { greeting, reply, error, event, other };

struct Message {
    MessageKind kind = MessageKind::other;
    std::uint64_t id = 0;  // of a reply or error; 0: it carries none of ours
    std::string name;      // of an event; class of an error
    std::string text;      // an error's description; a greeting's version, "7.2.22"; an event's device
};

inline constexpr std::size_t disk_counters = static_cast<std::size_t>(DiskMetric::failed_ops) + 1;

struct DiskStats {
    std::string name;  // unique within the guest
    bool medium = false;       // false: an empty drive
    bool virtio_blk = false;
    std::array<std::optional<std::uint64_t>, disk_counters> counters;  // by DiskMetric
};

struct DiskImage {
    std::string name;  // as in DiskStats
    std::string source;
    std::optional<std::uint64_t> capacity, allocation, physical;
};

struct CpuThread {
    unsigned index = 0;
    std::int64_t thread = 0;  // in the process id namespace of QEMU
    std::string qom_path;
};

struct IoThread {
    std::string id;
    std::int64_t thread = 0;
};

struct VcpuStats {
    std::string qom_path;
    std::optional<std::uint64_t> exits, halt_exits, halt_wait, halt_poll, irq_injections, halted;
};

// What the guest's balloon driver reports; swap and sizes in bytes.
struct GuestMemory {
    std::int64_t updated = 0;  // seconds since the epoch, 0: never
    std::optional<std::uint64_t> unused, available, usable, caches, swap_in, swap_out, major_faults, minor_faults;
};

class Decoder {
public:
    Decoder();
    ~Decoder();
    Decoder(const Decoder&) = delete;
    Decoder& operator=(const Decoder&) = delete;

    // Errors: malformed. The functions below read the reply parsed last.
    Result<Message> parse(std::string_view message);

    std::vector<DiskStats> disks() const;
    std::vector<DiskImage> images() const;
    std::vector<CpuThread> cpus() const;
    std::vector<IoThread> iothreads() const;
    std::optional<GuestState> status() const;
    std::optional<std::uint64_t> balloon() const;
    std::vector<VcpuStats> vcpu_stats() const;
    std::vector<std::string> children(std::string_view type_prefix) const;  // of qom-list
    GuestMemory guest_memory() const;

private:
    struct Document;
    std::unique_ptr<Document> document_;
};

}  // namespace virtscope::qemu
