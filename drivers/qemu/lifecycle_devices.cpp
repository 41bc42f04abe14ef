// Verbs about a running guest's memory and processors.
#include "drivers/qemu/lifecycle_verbs.h"

#include <algorithm>
#include <optional>
#include <vector>

#include "core/text.h"

namespace virtscope::qemu {
namespace {

std::uint64_t number_at(const Json& object, const char* key) {
    const Json& value = member(object, key);
    return value.is_number_unsigned() ? value.get<std::uint64_t>() : 0;
}

// What the guest has with an empty balloon.
Result<std::uint64_t> memory_of(QmpClient& monitor, const Order& order) {
    const auto summary = monitor.ask("query-memory-size-summary", order.deadline);
    if (!summary) return std::unexpected(summary.error());
    return number_at(*summary, "base-memory") + number_at(*summary, "plugged-memory");
}

struct CpuSlot {
    Json properties;      // where it goes: socket-id, core-id, …
    std::string type;
    std::string path;     // of the object there; empty: the slot is free
    unsigned count = 0;   // vCPUs that come and go with it
};

Result<std::vector<CpuSlot>> cpu_slots(QmpClient& monitor, const Order& order) {
    const auto reply = monitor.ask("query-hotpluggable-cpus", order.deadline);
    if (!reply) {
        return fail(reply.error().kind == ErrorKind::busy ? ErrorKind::unsupported : reply.error().kind,
                    "its machine takes no vCPUs while it runs: {}", reply.error().message);
    }
    std::vector<CpuSlot> slots;
    for (const Json& entry : *reply) {
        const auto count = static_cast<unsigned>(std::min<std::uint64_t>(number_at(entry, "vcpus-count"), 65536));
        slots.push_back({member(entry, "props"), text_at(entry, "type"), text_at(entry, "qom-path"), count});
    }
    // QEMU tells them from the last to the first.
    std::ranges::sort(slots, [](const CpuSlot& a, const CpuSlot& b) { return a.properties < b.properties; });
    return slots;
}

// The id by which device_del knows a vCPU that was plugged in; empty: it was there from the start.
std::string plugged_id(const CpuSlot& slot) {
    constexpr std::string_view peripheral = "/machine/peripheral/";
    return slot.path.starts_with(peripheral) ? slot.path.substr(peripheral.size()) : std::string();
}

Result<unsigned> plug(const std::vector<CpuSlot>& slots, unsigned missing, QmpClient& monitor, const Order& order) {
    unsigned done = 0;
    for (std::size_t i = 0; i < slots.size() && done < missing; ++i) {
        const CpuSlot& slot = slots[i];
        if (!slot.path.empty() || slot.count == 0 || slot.count > missing - done) continue;
        if (!order.dry_run) {
            Json arguments = slot.properties.is_object() ? slot.properties : Json::object();
            arguments["driver"] = slot.type;
            arguments["id"] = fmt::format("virtscope-vcpu{}", i);
            const auto added = monitor.ask("device_add", arguments, order.deadline);
            if (!added) return fail(added.error().kind, "{} of {} vCPUs added; {}", done, missing, added.error().message);
        }
        done += slot.count;
    }
    return done;
}

// A guest that has not told its ACPI that it can: QEMU says so only in words.
ErrorKind unplug_kind(const Error& error) {
    return error.message.find("not supported") != std::string::npos ? ErrorKind::unsupported : error.kind;
}

Result<unsigned> unplug(const std::vector<CpuSlot>& slots, unsigned surplus, QmpClient& monitor, const Order& order) {
    unsigned done = 0;
    for (auto slot = slots.rbegin(); slot != slots.rend() && done < surplus; ++slot) {
        const std::string id = plugged_id(*slot);
        if (id.empty() || slot->count == 0 || slot->count > surplus - done) continue;
        if (!order.dry_run) {
            const auto removed = monitor.ask("device_del", {{"id", id}}, order.deadline);
            if (!removed) return fail(unplug_kind(removed.error()), "{} of {} vCPUs given back; {}", done, surplus, removed.error().message);
        }
        done += slot->count;
    }
    return done;
}

}  // namespace

Result<Answer> do_setmem(const Order& order, QmpClient& monitor) {
    if (order.bytes == 0) return fail(ErrorKind::malformed, "no size given for setmem");
    const auto balloon = monitor.ask("query-balloon", order.deadline);
    if (!balloon) {
        if (balloon.error().kind != ErrorKind::unsupported) return std::unexpected(balloon.error());
        return fail(ErrorKind::unsupported, "has no memory balloon; add -device virtio-balloon-pci");
    }
    const auto most = memory_of(monitor, order);
    if (!most) return std::unexpected(most.error());
    if (order.bytes > *most) {
        return fail(ErrorKind::malformed, "{} is more than its {}", human_bytes(order.bytes), human_bytes(*most));
    }
    const bool there = number_at(*balloon, "actual") == order.bytes;
    if (order.dry_run && there) return already("has " + human_bytes(order.bytes));
    if (order.dry_run) return said("would ask it to go to " + human_bytes(order.bytes));
    // Also where it is already: it may be on its way to what an earlier order asked for, and QEMU does not tell.
    const auto set = monitor.ask("balloon", {{"value", order.bytes}}, order.deadline);
    if (!set) return std::unexpected(set.error());
    if (there) return already("has " + human_bytes(order.bytes));
    return said("was asked to go to " + human_bytes(order.bytes));
}

Result<Answer> do_setvcpus(const Order& order, QmpClient& monitor) {
    if (order.count == 0) return fail(ErrorKind::malformed, "a guest needs at least one vCPU");
    const auto slots = cpu_slots(monitor, order);
    if (!slots) return std::unexpected(slots.error());
    unsigned now = 0;
    unsigned most = 0;
    unsigned plugged = 0;
    for (const CpuSlot& slot : *slots) {
        most += slot.count;
        if (!slot.path.empty()) now += slot.count;
        if (!plugged_id(slot).empty()) plugged += slot.count;
    }
    if (order.count == now) return already(fmt::format("has {} vCPUs", now));
    if (order.count > most) return fail(ErrorKind::malformed, "{} vCPUs are more than its {}", order.count, most);
    const bool grows = order.count > now;
    const unsigned difference = grows ? order.count - now : now - order.count;
    if (!grows && difference > plugged) {
        return fail(ErrorKind::unsupported, "{} of its {} vCPUs were there from the start and cannot be taken away",
                    now - plugged, now);
    }
    // First what can be checked: QEMU may plug whole cores or sockets only.
    Order trial = order;
    trial.dry_run = true;
    const auto possible = grows ? plug(*slots, difference, monitor, trial) : unplug(*slots, difference, monitor, trial);
    if (!possible) return std::unexpected(possible.error());
    if (*possible != difference) {
        return fail(ErrorKind::unsupported, "its machine cannot go from {} to {} vCPUs", now, order.count);
    }
    if (order.dry_run) return said(fmt::format("would go from {} to {} vCPUs", now, order.count));
    const auto done = grows ? plug(*slots, difference, monitor, order) : unplug(*slots, difference, monitor, order);
    if (!done) return std::unexpected(done.error());
    return said(grows ? fmt::format("{} vCPUs added", *done) : fmt::format("was asked to give {} vCPUs back", *done));
}

}  // namespace virtscope::qemu
