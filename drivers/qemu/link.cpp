#include "drivers/qemu/link.h"

#include <algorithm>
#include <utility>

#include "core/clock.h"
#include "drivers/qemu/discovery.h"
#include "drivers/unanswered.h"

namespace virtscope::qemu {
namespace {

constexpr std::chrono::milliseconds first_retry{500};
constexpr std::chrono::milliseconds last_retry{30'000};
constexpr const char* named_devices = "/machine/peripheral";
constexpr const char* other_devices = "/machine/peripheral-anon";

// 0.5 s, 1 s, 2 s … 30 s, each a fifth shorter or longer so that many guests do not come back at once.
Clock::duration retry_after(unsigned failures, std::uint64_t seed) {
    const auto plain = std::min(first_retry * (1 << std::min(failures, 10U)), last_retry);
    const auto percent = static_cast<long>((seed >> (failures % 32)) % 41) + 80;
    return std::min<Clock::duration>(plain * percent / 100, last_retry);
}

Quality quality_of(ErrorKind kind) {
    return kind == ErrorKind::denied ? Quality::denied : Quality::unsupported;
}

bool is_stopped(const Process& process) {
    const auto stat = process.read("stat", 4096);
    if (!stat) return false;
    const char state = parse_stat(*stat).state;
    return state == 'T' || state == 't';
}

bool same_disks(const std::vector<DiskStats>& a, const std::vector<DiskStats>& b) {
    return std::ranges::equal(a, b, [](const DiskStats& x, const DiskStats& y) {
        return x.name == y.name && x.medium == y.medium;
    });
}

bool same_sources(const std::vector<DiskImage>& a, const std::vector<DiskImage>& b) {
    return std::ranges::equal(a, b, [](const DiskImage& x, const DiskImage& y) {
        return x.name == y.name && x.source == y.source;
    });
}

bool same_threads(const std::vector<CpuThread>& a, const std::vector<CpuThread>& b) {
    return std::ranges::equal(a, b, [](const CpuThread& x, const CpuThread& y) {
        return x.index == y.index && x.thread == y.thread;
    });
}

bool same_threads(const std::vector<IoThread>& a, const std::vector<IoThread>& b) {
    return std::ranges::equal(a, b, {}, &IoThread::thread, &IoThread::thread);
}

// What an event says about the state by itself; others are looked up with query-status.
std::optional<GuestState> state_after(std::string_view event) {
    if (event == "STOP") return GuestState::paused;
    if (event == "RESUME" || event == "WAKEUP") return GuestState::running;
    if (event == "SHUTDOWN") return GuestState::shutting_down;
    if (event == "SUSPEND" || event == "SUSPEND_DISK") return GuestState::suspended;
    if (event == "GUEST_PANICKED" || event == "GUEST_CRASHLOADED") return GuestState::crashed;
    return std::nullopt;
}

}  // namespace

Link::Link(Endpoint endpoint, std::shared_ptr<const Process> process, std::uint64_t seed,
           std::chrono::seconds balloon_polling)
    : endpoint_(std::move(endpoint)),
      process_(std::move(process)),
      seed_(seed),
      note_(endpoint_.note),
      balloon_polling_(balloon_polling) {}

std::optional<Clock::time_point> Link::outstanding() const {
    return is_ready() ? session_->outstanding() : std::nullopt;
}

bool Link::ask(Command command) {
    if (!is_ready()) return false;
    if (command != Command::list) return session_->ask({command, balloon_path_, balloon_polling_.count()});
    return session_->ask({command, balloon_step_ == BalloonStep::named_devices ? named_devices : other_devices});
}

std::optional<Command> Link::take_urgent() {
    if (std::exchange(status_due_, false)) return Command::status;
    if (std::exchange(images_due_, false)) return Command::block;
    if (std::exchange(cpus_due_, false)) return Command::cpus;
    if (std::exchange(iothreads_due_, false)) return Command::iothreads;
    switch (balloon_step_) {
        case BalloonStep::named_devices:
        case BalloonStep::other_devices: return Command::list;
        case BalloonStep::enable: balloon_step_ = BalloonStep::none; return Command::poll_stats;
        case BalloonStep::none: break;
    }
    return std::nullopt;
}

void Link::take_balloons(const std::vector<std::string>& names) {
    const bool named = balloon_step_ == BalloonStep::named_devices;
    if (!names.empty()) {
        balloon_path_ = std::string(named ? named_devices : other_devices) + "/" + names.front();
        balloon_step_ = BalloonStep::enable;
    } else {
        balloon_step_ = named ? BalloonStep::other_devices : BalloonStep::none;
    }
}

void Link::tend(Monitors& monitors, Clock::time_point now, Clock::duration deadline, std::size_t& places_free) {
    if (ended_) {
        session_.reset();
        ended_ = false;
        retry_ = now + retry_after(failures_++, seed_);
    }
    if (session_) {
        if (session_->greeted() || now - session_->started() < deadline) return;
        const bool stopped = is_stopped(*process_);
        leave(now, stopped ? "monitor: does not greet, the process is stopped" : "monitor: in use by another client",
              stopped ? Quality::stale : Quality::unsupported);
        return;
    }
    if (!has_monitor() || now < retry_ || places_free == 0) return;
    auto socket = connect_endpoint(endpoint_, *process_);
    if (!socket) {
        leave(now, socket.error().message, quality_of(socket.error().kind));
        return;
    }
    --places_free;
    session_ = monitors.open(std::move(*socket), *this);
    if (!session_) leave(now, "monitor: its socket cannot be watched", Quality::unsupported);
}

void Link::lend() {
    if (!has_monitor()) return;
    session_.reset();
    ended_ = false;
    retry_ = {};
    lent_ = true;
    facts_.asked = {};
    set_note("monitor: used by a command", Quality::stale);
}

void Link::leave(Clock::time_point now, std::string why, Quality quality) {
    session_.reset();
    lent_ = false;
    retry_ = now + retry_after(failures_++, seed_);
    set_note(std::move(why), quality);
}

void Link::set_note(std::string note, Quality quality) {
    quality_ = quality;
    if (note == note_) return;
    note_ = std::move(note);
    changed_ = true;
}

void Link::set_state(GuestState state) {
    if (state == state_) return;
    if (state_ != GuestState::unknown) {
        events_.push_back({EventKind::guest_state, {}, {},
                           fmt::format("from {} to {}", state_name(state_), state_name(state))});
    }
    state_ = state;
}

void Link::set_stale(bool stale) {
    if (stale == stale_) return;
    stale_ = stale;
    if (stale) {
        become_stale();
        return;
    }
    set_note("", Quality::fresh);
    events_.push_back({EventKind::monitor_back, {}, {}, "answers again"});
}

void Link::become_stale() {
    const auto since = outstanding();
    // It was late and has answered meanwhile.
    std::string note = "monitor: answers too late";
    std::string told = "answers too late";
    if (since) {
        const std::int64_t waited = (Clock::now() - *since) / std::chrono::nanoseconds{1};
        note = "monitor: " + unanswered_since(session_->unanswered(), clock_ns(CLOCK_REALTIME) - waited);
        told = unanswered_for(session_->unanswered(), waited);
    }
    set_note(std::move(note), Quality::stale);
    events_.push_back({EventKind::monitor_lost, {}, {}, std::move(told)});
}

void Link::take_events(const Uuid& guest, const std::string& name, std::vector<Event>& out) {
    for (Event& event : events_) {
        event.guest = guest;
        event.name = name;
        out.push_back(std::move(event));
    }
    events_.clear();
}

void Link::greeted(const std::string& version) {
    if (version == facts_.version) return;
    facts_.version = version;
    changed_ = true;
}

void Link::ready() {
    if (balloon_polling_.count() > 0) balloon_step_ = BalloonStep::named_devices;
    failures_ = 0;
    stale_ = false;
    set_note("", Quality::fresh);
    const bool lent = std::exchange(lent_, false);
    if (std::exchange(was_ready_, true) && !lent) events_.push_back({EventKind::monitor_back, {}, {}, "connected again"});
}

void Link::lost(const std::string& why) {
    ended_ = true;
    lent_ = false;
    set_note(why, Quality::unsupported);
    state_ = GuestState::unknown;
    stale_ = false;
    facts_.asked = {};
    facts_.answered = {};
    if (was_ready_) events_.push_back({EventKind::monitor_lost, {}, {}, why});
}

void Link::take_disks(const Decoder& reply) {
    auto disks = reply.disks();
    if (!same_disks(disks, facts_.disks)) {
        changed_ = true;
        // A new disk may live in an I/O thread that we do not know yet.
        if (was_ready_) cpus_due_ = iothreads_due_ = images_due_ = true;
    }
    facts_.disks = std::move(disks);
}

void Link::answered(Command command, const Decoder& reply, MonitorClock::time_point sent) {
    const auto index = static_cast<std::size_t>(command);
    const auto now = Clock::now();
    facts_.asked[index] = sent;
    facts_.answered[index] = now;
    facts_.last_answer = now;
    facts_.latency = now - sent;
    switch (command) {
        case Command::status: set_state(reply.status().value_or(GuestState::unknown)); break;
        case Command::blockstats: take_disks(reply); break;
        case Command::cpus: {
            auto cpus = reply.cpus();
            changed_ = changed_ || !same_threads(cpus, facts_.cpus);
            facts_.cpus = std::move(cpus);
            break;
        }
        case Command::iothreads: {
            auto threads = reply.iothreads();
            changed_ = changed_ || !facts_.iothreads || !same_threads(threads, *facts_.iothreads);
            facts_.iothreads = std::move(threads);
            break;
        }
        case Command::block: {
            auto images = reply.images();
            changed_ = changed_ || !same_sources(images, facts_.images);
            facts_.images = std::move(images);
            break;
        }
        case Command::balloon: facts_.balloon = reply.balloon(); break;
        case Command::vcpu_stats: facts_.vcpu_stats = reply.vcpu_stats(); break;
        case Command::guest_stats: facts_.memory = reply.guest_memory(); break;
        case Command::list: take_balloons(reply.children("child<virtio-balloon")); break;
        case Command::negotiate:
        case Command::poll_stats: break;
    }
}

// An older QEMU does not know the question, or the guest has no such device: it is not asked again.
void Link::refused(Command command, const std::string&) {
    const auto now = Clock::now();
    facts_.refused[static_cast<std::size_t>(command)] = true;
    if (command == Command::list) balloon_step_ = BalloonStep::none;
    facts_.last_answer = now;
}

void Link::happened(const Message& event) {
    if (const auto state = state_after(event.name)) set_state(*state);
    if (event.name == "STOP" || event.name == "RESET" || event.name == "WATCHDOG" || event.name == "BLOCK_IO_ERROR" ||
        event.name == "RESUME" || event.name == "MIGRATION") {
        status_due_ = true;
    }
    if (event.name == "ACPI_DEVICE_OST" || event.name == "DEVICE_DELETED") threads_changed();
    if (event.name == "DEVICE_TRAY_MOVED" || event.name == "BLOCK_JOB_COMPLETED" || event.name == "DEVICE_DELETED") {
        images_due_ = true;
    }
}

}  // namespace virtscope::qemu
