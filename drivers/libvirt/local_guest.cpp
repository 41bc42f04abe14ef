#include "drivers/libvirt/local_guest.h"

#include <algorithm>
#include <string>

#include "drivers/qemu/discovery.h"

namespace virtscope::libvirt {

char state_of(const Process& process, pid_t tid) {
    const auto stat = process.read(("task/" + std::to_string(tid) + "/stat").c_str(), 4096);
    return stat ? qemu::parse_stat(*stat).state : '?';
}

namespace {

bool all_asleep(const LocalGuest& guest) {
    const auto asleep = [&](const TaskPlace& task) { return state_of(*guest.process, task.tid) == 'S'; };
    return state_of(*guest.process, guest.process->pid()) == 'S' && std::ranges::all_of(guest.iothreads, asleep) &&
           std::ranges::all_of(guest.vcpus, [&](const VcpuPlace& vcpu) { return vcpu.task && asleep(*vcpu.task); });
}

}  // namespace

qemu::Witness witness_of(const LocalGuest& guest, bool with_vcpus) {
    if (!guest.main) return {};
    return qemu::read_witness(*guest.main, guest.iothreads, guest.vcpus, with_vcpus);
}

void try_to_settle(LocalGuest& guest) {
    qemu::Proof& proof = guest.proof;
    if (proof.settled || !proof.before) return;
    const qemu::Witness first = witness_of(guest);
    const bool asleep = first.vcpus == proof.before->vcpus && all_asleep(guest);
    const qemu::Witness second = asleep ? witness_of(guest) : first;
    if (first.vcpus != proof.before->vcpus) proof.before.reset();
    if (!proof.before || !qemu::settles(*proof.before, first, second, asleep)) return;
    proof.settled = true;
    proof.at = second;
    proof.before.reset();
}

void look_at_threads(LocalGuest& guest) {
    if (!guest.tasks.update(*guest.process, false)) return;
    auto main = TaskClock::open(*guest.process, guest.process->pid());
    guest.main = main ? std::optional(std::move(*main)) : std::nullopt;
    guest.vcpus = guest.tasks.vcpus(*guest.process, {}, guest.line.cpus);
    guest.iothreads = guest.tasks.iothreads(*guest.process, std::nullopt);
    guest.proof = {};
    const auto& disks = guest.definition->disks;
    guest.proof.needs_vcpus = !std::ranges::all_of(disks, [&](const DefinedDisk& disk) {
        return qemu::completes_at_home({disk.alias, !disk.source.empty(), disk.bus == "virtio", {}}, guest.line);
    });
}

void forget_process(LocalGuest& guest) {
    guest.process.reset();
    guest.tasks = {};
    guest.main.reset();
    guest.vcpus.clear();
    guest.iothreads.clear();
    guest.proof = {};
    guest.last.reset();
}

}  // namespace virtscope::libvirt
