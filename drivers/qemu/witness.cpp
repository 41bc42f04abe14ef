#include "drivers/qemu/witness.h"

#include <algorithm>
#include <array>

namespace virtscope::qemu {
namespace {

// False: this clock is no witness.
bool add(std::uint64_t& sum, const TaskClock& clock) {
    const auto time = clock.read();
    if (!time || time->run == 0) return false;
    sum += time->run + time->wait + time->slices;
    return true;
}

bool kicks_in_vcpu(const Options& device) { return !device.flag("ioeventfd", true); }

const Options* device_by_id(const CommandLine& line, std::string_view id) {
    const auto found = std::ranges::find_if(line.devices, [id](const Options& device) {
        return device.get("id") == id;
    });
    return found != line.devices.end() ? &*found : nullptr;
}

bool is_old_scsi_adapter(const Options& device) {
    constexpr std::array<std::string_view, 9> names{"lsi", "megasas", "mptsas", "pvscsi", "esp",
                                                    "am53c974", "dc390", "spapr-vscsi", "usb-"};
    const std::string_view driver = device.get("driver");
    return std::ranges::any_of(names, [driver](std::string_view name) { return driver.starts_with(name); });
}

// A SCSI disk is as good as its adapter; they are told apart only where all adapters are virtio's.
bool all_scsi_is_virtio(const CommandLine& line) {
    return std::ranges::none_of(line.devices, [](const Options& device) {
        return is_old_scsi_adapter(device) || (device.get("driver").starts_with("virtio-scsi") && kicks_in_vcpu(device));
    });
}

}  // namespace

Witness read_witness(const TaskClock& main, std::span<const TaskPlace> iothreads, std::span<const VcpuPlace> vcpus,
                     bool with_vcpus) {
    Witness witness;
    witness.usable = add(witness.home, main);
    for (const TaskPlace& thread : iothreads) witness.usable = witness.usable && add(witness.home, thread.clock);
    if (!with_vcpus) return witness;
    for (const VcpuPlace& vcpu : vcpus) {
        witness.usable = witness.usable && vcpu.task && add(witness.vcpus, vcpu.task->clock);
    }
    return witness;
}

bool holds(const Proof& proof, const Witness& now) {
    return proof.settled && now.usable && now.home == proof.at.home &&
           (!proof.needs_vcpus || now.vcpus == proof.at.vcpus);
}

bool settles(const Witness& before, const Witness& first, const Witness& second, bool asleep) {
    return asleep && before.usable && first.usable && second.usable && first.home == second.home &&
           before.vcpus == first.vcpus && first.vcpus == second.vcpus;
}

bool completes_at_home(const DiskStats& disk, const CommandLine& line) {
    if (!disk.medium) return true;
    const Options* device = device_by_id(line, disk.name);
    if (disk.virtio_blk) {
        // One that was added later, or has no id, may have any setting that some other device shows.
        if (device != nullptr) return !kicks_in_vcpu(*device);
        return std::ranges::none_of(line.devices, kicks_in_vcpu);
    }
    if (device == nullptr) return false;
    const std::string_view driver = device->get("driver");
    return (driver == "scsi-hd" || driver == "scsi-cd" || driver == "scsi-block") && all_scsi_is_virtio(line);
}

}  // namespace virtscope::qemu
