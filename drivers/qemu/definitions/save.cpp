#include "drivers/qemu/definitions/save.h"

#include <algorithm>
#include <thread>

#include "core/text.h"
#include "drivers/qemu/definitions/store.h"

namespace virtscope::qemu {
namespace {

using namespace std::chrono_literals;
using Steady = std::chrono::steady_clock;

constexpr auto nap = 50ms;
constexpr auto stalled = 60s;  // without a byte: the disk hangs
constexpr std::uint64_t no_limit = std::uint64_t{1} << 50;

Steady::time_point soon() { return Steady::now() + 30s; }

std::uint64_t count_at(const Json& object, const char* key) {
    const Json& value = member(object, key);
    return value.is_number_unsigned() ? value.get<std::uint64_t>() : 0;
}

// Fails when nothing has moved for too long.
class Patience {
public:
    Result<> at(std::uint64_t done) {
        const auto now = Steady::now();
        if (done != last_) moved_ = now;
        last_ = done;
        if (now - moved_ < stalled) return {};
        return fail(ErrorKind::timeout, "nothing has moved for {} s", std::chrono::seconds(stalled).count());
    }

private:
    std::uint64_t last_ = 0;
    Steady::time_point moved_ = Steady::now();
};

struct Step {
    std::string status;
    std::string why;
    std::uint64_t done = 0;
    std::uint64_t total = 0;
    std::uint64_t moved = 0;
};

Result<Step> look(QmpClient& control) {
    const auto info = control.ask("query-migrate", soon());
    if (!info) return std::unexpected(info.error());
    const Json& ram = member(*info, "ram");
    Step step{text_at(*info, "status"), printable(text_at(*info, "error-desc")), 0, count_at(ram, "total"),
              count_at(ram, "transferred")};
    step.done = step.total - std::min(step.total, count_at(ram, "remaining"));
    return step;
}

bool is_over(const std::string& status) { return status == "failed" || status == "cancelled"; }

Result<> migrate_to(QmpClient& control, int fd, Progress& progress) {
    constexpr const char* name = "virtscope-save";
    if (auto got = control.ask_with_fd("getfd", {{"fdname", name}}, fd, soon()); !got)
        return std::unexpected(got.error());
    if (auto begun = control.ask("migrate", {{"uri", std::string("fd:") + name}}, soon()); !begun) {
        (void)control.ask("closefd", {{"fdname", name}}, soon()).has_value();  // a monitor that is gone has closed it
        return std::unexpected(begun.error());
    }
    for (Patience patience;; std::this_thread::sleep_for(nap)) {
        const auto step = look(control);
        if (!step) return std::unexpected(step.error());
        if (step->total != 0) progress.at(step->done, step->total);
        if (step->status == "completed") return {};
        if (is_over(step->status)) {
            return fail(ErrorKind::system, "QEMU cannot write its state: {}",
                        step->why.empty() ? "is the disk full?" : step->why);
        }
        if (auto moves = patience.at(step->moved); !moves) return moves;
    }
}

// The guest is as it was before: nothing that could not be undone has happened to it.
void undo(QmpClient& control, bool was_running) {
    (void)control.ask("migrate_cancel", soon()).has_value();  // there may be nothing to cancel
    for (const auto until = Steady::now() + 10s; Steady::now() < until; std::this_thread::sleep_for(nap)) {
        const auto step = look(control);
        if (!step || step->status.empty() || step->status == "completed" || is_over(step->status)) break;
    }
    if (was_running) (void)control.ask("cont", soon()).has_value();  // the caller looks whether it did
}

Result<bool> is_running(QmpClient& control) {
    const auto status = control.ask("query-status", soon());
    if (!status) return std::unexpected(status.error());
    const std::string state = text_at(*status, "status");
    if (state == "running") return true;
    if (state == "paused" || state == "prelaunch") return false;
    return fail(ErrorKind::busy, "its state is {}; it can be saved when it runs or is paused", printable(state, 32));
}

Result<SaveFacts> facts_of(LiveRun& run, const Definition& guest, bool running) {
    SaveFacts facts;
    facts.uuid = guest.uuid;
    facts.name = guest.name;
    facts.paused = !running;
    const auto version = run.control.ask("query-version", soon());
    if (!version) return std::unexpected(version.error());
    const Json& numbers = member(*version, "qemu");
    facts.qemu =
        fmt::format("{}.{}.{}", count_at(numbers, "major"), count_at(numbers, "minor"), count_at(numbers, "micro"));
    const auto kvm = run.control.ask("query-kvm", soon());
    if (!kvm) return std::unexpected(kvm.error());
    const Json& enabled = member(*kvm, "enabled");
    facts.kvm = enabled.is_boolean() && enabled.get<bool>();
    auto xml = xml_of_now(guest.xml, run.control, soon());
    if (!xml) return std::unexpected(xml.error());
    facts.xml = std::move(*xml);
    return facts;
}

Result<> write_stopped(LiveRun& run, SaveWriter& file, Progress& progress) {
    // The stream's own limit is meant for networks; the guest waits for this one.
    if (auto set = run.control.ask("migrate-set-parameters", {{"max-bandwidth", no_limit}}, soon()); !set)
        return std::unexpected(set.error());
    if (auto written = migrate_to(run.control, file.fd(), progress); !written) return written;
    return file.finish();
}

}  // namespace

std::string cpu_model_of(const std::string& proc) {
    const auto text = read_small_file(proc + "/cpuinfo", std::size_t{16} << 20);
    const std::size_t at = text ? text->find("model name") : std::string::npos;
    if (at == std::string::npos) return {};
    const std::size_t colon = text->find(": ", at);
    const std::size_t end = text->find('\n', at);
    return colon < end ? text->substr(colon + 2, end - colon - 2) : std::string();
}

Result<> save_run(LiveRun& run, const Definition& guest, const SaveTo& to, Progress& progress) {
    const auto running = is_running(run.control);
    if (!running) return std::unexpected(running.error());
    auto facts = facts_of(run, guest, *running);
    if (!facts) return std::unexpected(facts.error());
    facts->cpu = to.cpu;
    auto file = SaveWriter::create(to.path, *facts, to.replace);
    if (!file) return std::unexpected(file.error());
    auto saved = [&]() -> Result<> {
        if (auto stopped = run.control.ask("stop", soon()); !stopped) return std::unexpected(stopped.error());
        return write_stopped(run, *file, progress);
    }();
    if (!saved) {
        undo(run.control, *running);
        const auto now = is_running(run.control);
        const bool back = now && *now == *running;
        return fail(saved.error().kind, "{}{}", saved.error().message, back ? "" : "; it is stopped, try resume");
    }
    (void)run.control.ask("quit", soon()).has_value();  // whether it ends is seen at its process
    if (end_run(run.process, 10s)) return {};
    return fail(ErrorKind::system, "it is saved in {}, but its process does not end: it waits in the kernel",
                printable(to.path));
}

Result<> load_run(LiveRun& run, const SaveReader& saved, bool paused, const Advance& advance) {
    constexpr const char* name = "virtscope-restore";
    if (auto at = saved.rewind(); !at) return at;
    if (auto got = run.control.ask_with_fd("getfd", {{"fdname", name}}, saved.fd(), soon()); !got)
        return std::unexpected(got.error());
    if (auto begun = run.control.ask("migrate-incoming", {{"uri", std::string("fd:") + name}}, soon()); !begun) {
        return std::unexpected(begun.error());
    }
    for (Patience patience;; std::this_thread::sleep_for(nap)) {
        const auto step = look(run.control);
        if (!step) return std::unexpected(step.error());
        const std::uint64_t done = std::min(saved.position(), saved.stream_bytes());
        advance(done, saved.stream_bytes());
        if (step->status == "completed") break;
        if (is_over(step->status))
            return fail(ErrorKind::malformed, "QEMU does not take the saved state: {}", step->why);
        if (auto moves = patience.at(done); !moves) return moves;
    }
    if (paused) return {};
    const auto goes_on = run.control.ask("cont", soon());
    if (!goes_on) return std::unexpected(goes_on.error());
    return {};
}

}  // namespace virtscope::qemu
