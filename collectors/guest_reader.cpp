#include "collectors/guest_reader.h"

#include <fcntl.h>
#include <unistd.h>
#include <algorithm>
#include <span>
#include <string>
#include <utility>

#include "collectors/clocks.h"
#include "collectors/scan.h"

namespace virtscope {
namespace {

const std::uint64_t ns_per_clock_tick = 1'000'000'000 / static_cast<std::uint64_t>(::sysconf(_SC_CLK_TCK));
const std::uint64_t page_size = static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));

// A kernel that keeps no scheduling statistics answers "0 0 0" for every thread; a thread that has
// never run is not one worth telling about.
std::optional<RunTime> run_time(const TaskClock& clock) {
    const auto time = clock.read();
    if (!time || (time->run == 0 && time->wait == 0)) return std::nullopt;
    return time;
}

std::optional<std::uint64_t> sum_of(std::span<const TaskPlace> tasks) {
    if (tasks.empty()) return std::nullopt;
    std::uint64_t sum = 0;
    for (const TaskPlace& task : tasks) {
        const auto time = run_time(task.clock);
        if (!time) return std::nullopt;
        sum += time->run;
    }
    return sum;
}

void set(Frame& frame, std::size_t row, GuestMetric metric, std::optional<std::uint64_t> value) {
    if (value) frame.set(row, metric, *value);
}

// Run time since it was asked last: a vCPU that only takes timer ticks is not worth it.
constexpr std::uint64_t worth_asking = 1'000'000;

bool has_ended(char state) { return state == 'Z' || state == 'X'; }

}  // namespace

GuestReader::GuestReader(std::shared_ptr<const Process> process, bool use_clock)
    : process_(std::move(process)),
      use_clock_(use_clock),
      stat_(process_->directory(), "stat"),
      huge_pages_(*process_) {}

// Since Linux 6.4 a vhost thread is a task of the guest's process; before, a kernel thread.
void GuestReader::prepare(const Place& place) {
    if (!main_thread_) {
        if (auto clock = TaskClock::open(*process_, process_->pid())) main_thread_ = std::move(*clock);
    }
    prepare_vcpus(place);
    vhost_apart_ = std::ranges::any_of(place.vhost, [this](const TaskPlace& task) {
        const std::string path = "task/" + std::to_string(task.tid);
        return ::faccessat(process_->directory(), path.c_str(), F_OK, 0) != 0;
    });
}

void GuestReader::prepare_vcpus(const Place& place) {
    vcpus_.resize(place.vcpus.size());
    for (std::size_t i = 0; i < vcpus_.size(); ++i) {
        const pid_t tid = place.vcpus[i].task ? place.vcpus[i].task->tid : 0;
        if (tid == vcpus_[i].tid) continue;
        vcpus_[i] = {.tid = tid, .file = KeptFile(process_->directory(), "task/" + std::to_string(tid) + "/stat")};
    }
}

void GuestReader::read(const Slot& slot, Frame& frame) {
    read_helpers(slot, frame);
    read_process(slot, frame);
    read_vcpus(slot, frame);
}

void GuestReader::read_process(const Slot& slot, Frame& frame) {
    const std::int64_t now = monotonic_ns();
    // The clock goes by number. That stat can be read after it proves the number was still this process's.
    const auto clock = use_clock_ ? process_cpu_time(process_->pid()) : std::nullopt;
    char text[2048];
    const auto stat = parse_process_stat(stat_.read(text));
    if (!stat) return;
    frame.table(Scope::Guest).row(slot.guest).time = now;
    set_cpu_time(slot, frame, *stat, clock);
    frame.set(slot.guest, GuestMetric::major_faults, stat->major_faults);
    frame.set(slot.guest, GuestMetric::minor_faults, stat->minor_faults);
    if (has_ended(stat->state)) return;
    const auto resident = times(stat->resident_pages, page_size);
    const auto huge = huge_pages_.bytes();
    if (resident && huge) frame.set(slot.guest, GuestMetric::memory_resident, *resident + *huge);
}

// One source for ever: the ticks are a little behind the clock, and a counter must not go back.
void GuestReader::set_cpu_time(const Slot& slot, Frame& frame, const ProcessStat& stat,
                               std::optional<std::uint64_t> clock) const {
    const auto user = times(stat.user_ticks, ns_per_clock_tick);
    const auto system = times(stat.system_ticks, ns_per_clock_tick);
    set(frame, slot.guest, GuestMetric::cpu_user, user);
    set(frame, slot.guest, GuestMetric::cpu_system, system);
    std::optional<std::uint64_t> total = clock;
    if (!use_clock_ && user && system) total = *user + *system;
    if (vhost_apart_ && total) {
        if (!vhost_) return;
        *total += *vhost_;
    }
    set(frame, slot.guest, GuestMetric::cpu_time, total);
}

void GuestReader::read_vcpus(const Slot& slot, Frame& frame) {
    const auto& vcpus = slot.place->vcpus;
    if (vcpus.empty()) return;
    frame.set(slot.guest, GuestMetric::vcpus, vcpus.size());
    std::uint64_t wait = 0;
    bool all_known = true;
    for (std::size_t i = 0; i < vcpus.size(); ++i) {
        const std::int64_t now = monotonic_ns();
        const auto time = vcpus[i].task ? run_time(vcpus[i].task->clock) : std::nullopt;
        if (!time) {
            all_known = false;
            continue;
        }
        const std::size_t row = slot.first_vcpu + i;
        frame.table(Scope::Vcpu).row(row).time = now;
        frame.set(row, VcpuMetric::time, time->run);
        frame.set(row, VcpuMetric::wait, time->wait);
        wait += time->wait;
        if (i < vcpus_.size()) read_whereabouts(vcpus_[i], time->run, row, frame);
    }
    if (all_known) frame.set(slot.guest, GuestMetric::cpu_wait, wait);
}

void GuestReader::read_whereabouts(Whereabouts& vcpu, std::uint64_t run, std::size_t row, Frame& frame) const {
    if (!vcpu.stat || run - vcpu.run >= worth_asking) {
        char text[1024];
        vcpu.stat = parse_thread_stat(vcpu.file.read(text));
        vcpu.run = run;
    }
    if (!vcpu.stat) return;
    frame.set(row, VcpuMetric::cpu, vcpu.stat->cpu);
    const auto guest = times(vcpu.stat->guest_ticks, ns_per_clock_tick);
    if (guest) frame.set(row, VcpuMetric::guest_time, *guest);
}

void GuestReader::read_helpers(const Slot& slot, Frame& frame) {
    const auto main = main_thread_ ? run_time(*main_thread_) : std::nullopt;
    if (main) frame.set(slot.guest, GuestMetric::cpu_emulator, main->run);
    set(frame, slot.guest, GuestMetric::cpu_iothread, sum_of(slot.place->iothreads));
    vhost_ = sum_of(slot.place->vhost);
    set(frame, slot.guest, GuestMetric::cpu_vhost, vhost_);
}

}  // namespace virtscope
