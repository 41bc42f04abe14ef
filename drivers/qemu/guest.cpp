#include "drivers/qemu/guest.h"

#include <algorithm>
#include <charconv>
#include <fcntl.h>
#include <unistd.h>

#include "drivers/qemu/discovery.h"
#include "drivers/qemu/endpoint.h"

namespace virtscope::qemu {
namespace {

std::uint64_t hash(std::string_view text) {
    std::uint64_t value = 0xcbf29ce484222325ULL;
    for (const char c : text) value = (value ^ static_cast<unsigned char>(c)) * 0x100000001b3ULL;
    return value;
}

std::string small_file(const std::string& path) {
    const Fd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    std::string text(65536, '\0');
    std::size_t length = 0;
    while (fd && length < text.size()) {
        const ssize_t got = ::read(fd.get(), text.data() + length, text.size() - length);
        if (got <= 0) break;
        length += static_cast<std::size_t>(got);
    }
    text.resize(length);
    return text;
}

std::uint64_t seed_of(const Process& process) {
    return hash(std::to_string(process.start_ticks()) + "/" + std::to_string(process.pid()));
}

Endpoint endpoint_of(const CommandLine& line, bool use_monitors) {
    if (use_monitors) return find_endpoint(line);
    Endpoint endpoint;
    endpoint.note = "monitor: not used, as configured";
    return endpoint;
}

std::int64_t started_at(const Process& process, const HostFacts& host) {
    if (host.boot_realtime == 0) return 0;
    const auto hertz = static_cast<std::int64_t>(::sysconf(_SC_CLK_TCK));
    return host.boot_realtime + static_cast<std::int64_t>(process.start_ticks()) * (1'000'000'000 / hertz);
}

}  // namespace

HostFacts read_host(const std::string& proc) {
    HostFacts host;
    host.proc = proc;
    host.boot = hash(small_file(proc + "/sys/kernel/random/boot_id"));
    const std::string stat = small_file(proc + "/stat");
    const std::size_t at = stat.find("\nbtime ");  // "btime 1700000000": when the host started
    if (at != std::string::npos) {
        std::int64_t seconds = 0;
        (void)std::from_chars(stat.data() + at + 7, stat.data() + stat.size(), seconds);  // garbage: stays 0
        host.boot_realtime = seconds * 1'000'000'000;
    }
    return host;
}

Guest::Guest(std::shared_ptr<const Process> process, CommandLine line, const DriverOptions& options)
    : link(endpoint_of(line, options.use_monitors), process, seed_of(*process), options.balloon_polling),
      schedule(seed_of(*process), options),
      process_(std::move(process)),
      line_(std::move(line)),
      displays_(displays_of(line_)) {
    if (auto clock = TaskClock::open(*process_, process_->pid())) main_ = std::move(*clock);
}

bool Guest::look(const NicFinder& finder, std::optional<pid_t> vhost_kthread) {
    bool changed = tasks_.update(*process_, false);
    if (changed && link.is_ready()) link.threads_changed();
    const std::uint64_t files = count_open_files(*process_);
    if (files != file_count_ || (files == 0 && !files_.readable)) {
        file_count_ = files;
        files_ = read_open_files(*process_);
        auto nics = finder.find(*process_, files_, line_);
        changed = changed || !std::ranges::equal(nics, nics_, [](const NicPlace& a, const NicPlace& b) {
            return a.name == b.name && a.ifindex == b.ifindex && a.netns == b.netns && a.source == b.source;
        });
        nics_ = std::move(nics);
    }
    if (vhost_kthread != vhost_kthread_) {
        vhost_kthread_ = vhost_kthread;
        changed = true;
    }
    if (!link.has_monitor()) {
        const auto stat = process_->read("stat", 4096);
        stopped_ = stat && parse_stat(*stat).state == 'T';
    }
    return changed;
}

void Guest::describe(Place& place, const HostFacts& host) {
    const MonitorFacts& facts = link.facts();
    place.generation = process_->start_ticks();
    place.name = line_.name.empty() ? "qemu-" + std::to_string(process_->pid()) : line_.name;
    place.machine = line_.machine;
    place.local_id = process_->pid();
    if (belongs_to_libvirt(line_)) place.managed_by = "libvirt";
    place.process = process_;
    place.vcpus = tasks_.vcpus(*process_, facts.cpus, line_.cpus);
    place.iothreads = tasks_.iothreads(*process_, facts.iothreads);
    place.vhost = tasks_.vhost(*process_, host.proc, vhost_kthread_);
    place.nics = nics_;
    place.displays = displays_;
    place.memory_max = line_.memory;
    place.start_realtime = started_at(*process_, host);
    place.disks.clear();
    for (const DiskStats& disk : facts.disks) {
        const auto image = std::ranges::find(facts.images, disk.name, &DiskImage::name);
        place.disks.push_back({disk.name, image != facts.images.end() ? image->source : std::string()});
    }
    if (facts.disks.empty() && !link.is_ready() && !link.is_settling()) place.disks = configured_disks(line_);
    place.note = link.note();
    if (!identity_note.empty()) place.note += (place.note.empty() ? "" : "; ") + identity_note;
    // The threads may be others, and so the witnesses.
    proof.settled = false;
    proof.before.reset();
    proof.needs_vcpus = !std::ranges::all_of(facts.disks, [this](const DiskStats& disk) {
        return completes_at_home(disk, line_);
    });
}

bool Guest::uses_kvm() const {
    return files_.readable ? files_.kvm : line_.accelerator == Accelerator::kvm;
}

GuestState Guest::state(const Place& place) const {
    if (link.state() != GuestState::unknown) return link.state();
    if (stopped_) return GuestState::paused;
    const bool has_vcpus = !place.vcpus.empty() && place.vcpus.front().task.has_value();
    return has_vcpus ? GuestState::running : GuestState::unknown;
}

}  // namespace virtscope::qemu
