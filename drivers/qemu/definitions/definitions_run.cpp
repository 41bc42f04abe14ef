// Orders that begin and end runs: start, create, save, restore, and what starts with the agent.
#include "core/text.h"
#include "drivers/qemu/definitions/definitions.h"
#include "drivers/qemu/definitions/firmware.h"
#include "drivers/qemu/definitions/launch.h"
#include "drivers/qemu/definitions/live.h"
#include "drivers/qemu/definitions/save.h"

namespace virtscope::qemu {
namespace {

using namespace std::chrono_literals;
using Steady = std::chrono::steady_clock;

constexpr auto start_patience = 60s;  // where no order's deadline is near: a host that boots is busy

Result<> check_cpu(const SaveFacts& saved, const Definition& guest, const std::string& host) {
    if (!saved.kvm || guest.cpu != "host" || saved.cpu == host) return {};
    return fail(ErrorKind::unsupported, "it was saved on \"{}\" and has that CPU; this host has \"{}\"",
                printable(saved.cpu), printable(host));
}

// A restart of the agent must not wake guests that somebody has shut off since.
bool first_of_this_boot(const std::string& proc, const std::string& mark) {
    const auto boot = read_small_file(proc + "/sys/kernel/random/boot_id", 64);
    const auto last = read_small_file(mark, 64);
    if (!boot || (last && *last == *boot)) return false;
    return replace_file(mark, *boot).has_value();  // where it cannot be noted, it would come again and again
}

bool is_path(const std::string& path) { return path.starts_with('/') && path.size() < 4000 && !path.ends_with('/'); }

}  // namespace

Result<> Definitions::check_may_start(Definition& guest) {
    if (auto found = find_firmware(guest, state_folder_); !found) return found;
    if (auto free = check_free(proc_, guest); !free) return free;
    return check_start(guest);
}

Result<Answer> Definitions::create(const Order& order, const Definition& definition) {
    Definition guest = definition;
    if (auto possible = check_may_start(guest); !possible) return std::unexpected(possible.error());
    if (order.dry_run) return Answer{false, "would start it", {}};
    if (auto up = bring_up(guest, order.paused, order.deadline); !up) return std::unexpected(up.error());
    return Answer{false, "started", {}};
}

Result<Answer> Definitions::start(const Order& order) {
    if (order.target.generation != 0) return Answer{true, "runs", {}};
    auto guest = own_definition(order.target);
    if (!guest) return std::unexpected(guest.error());
    if (running_with(proc_, guest->uuid)) return Answer{true, "runs", {}};
    return create(order, *guest);
}

// As one step: what is up and not as it should be is taken down again.
Result<> Definitions::bring_up(const Definition& guest, bool paused, Steady::time_point deadline) {
    if (auto made = make_nvram(guest); !made) return made;
    const std::string folder = run_folder(guest.name);
    if (auto up = launch(guest, {folder, paused, false, deadline}); !up) return up;
    if (guest.current_memory == guest.memory) return {};
    auto balloon = [&]() -> Result<> {
        auto run = open_run(proc_, folder, deadline);
        if (!run) return std::unexpected(run.error());
        auto set = run->control.ask("balloon", {{"value", guest.current_memory}}, deadline);
        if (!set) return std::unexpected(set.error());
        return {};
    }();
    if (!balloon) take_down(guest.name);
    return balloon;
}

void Definitions::take_down(const std::string& name) {
    const auto pid = runs_in(run_folder(name));
    const auto process = pid ? Process::open(proc_, *pid) : fail(ErrorKind::absent, "it has ended");
    if (!process || end_run(*process, 0s)) forget_run(run_folder(name));
}

Result<Answer> Definitions::save(const Order& order, Progress& progress) {
    if (!is_path(order.path))
        return fail(ErrorKind::malformed, "\"{}\" is no absolute path of a file", printable(order.path));
    if (order.target.generation == 0) return fail(ErrorKind::busy, "is shut off; there is nothing to save");
    const std::string folder = run_folder(order.target.name);
    const auto guest = live_definition(order.target.name);
    if (!runs_in(folder) || !guest || guest->uuid != order.target.uuid) {
        return fail(ErrorKind::unsupported, "was not started by virtscope; only guests that it started can be saved");
    }
    auto run = open_run(proc_, folder, Steady::now() + 10s);
    if (!run) return std::unexpected(run.error());
    if (run->process.start_ticks() != order.target.generation)
        return fail(ErrorKind::absent, "the run that was meant has ended");
    if (order.dry_run) {
        if (auto free = check_save_path(order.path, order.force); !free) return std::unexpected(free.error());
        return Answer{false, "would save it and end it", {}};
    }
    auto saved = save_run(*run, *guest, {order.path, order.force, cpu_model_of(proc_)}, progress);
    if (!saved) return std::unexpected(saved.error());
    forget_run(folder);
    return Answer{false, fmt::format("saved in {}", printable(order.path)), {}};
}

Result<Answer> Definitions::restore(const Order& order, Progress& progress) {
    if (!is_path(order.path))
        return fail(ErrorKind::malformed, "\"{}\" is no absolute path of a file", printable(order.path));
    const auto saved = SaveReader::open(order.path);
    if (!saved) return std::unexpected(saved.error());
    const SaveFacts& facts = saved->facts();
    auto guest = read_definition(facts.xml);
    if (!guest || guest->uuid != facts.uuid || guest->name != facts.name) {
        return fail(ErrorKind::malformed, "{}: the definition in it is damaged", printable(order.path));
    }
    const std::string name = printable(guest->name);
    const auto named = [&](const Error& error) { return fail(error.kind, "{}: {}", name, error.message); };
    const auto hold = holds_.take(guest->name);
    if (!hold) return fail(ErrorKind::busy, "{}: another order for it is under way", name);
    if (auto free = check_identity(*guest); !free) return std::unexpected(free.error());
    if (auto possible = check_may_start(*guest); !possible) return named(possible.error());
    if (auto same = check_cpu(facts, *guest, cpu_model_of(proc_)); !same) return named(same.error());
    // The file is read twice: for its checksum, and by QEMU.
    const std::uint64_t total = 2 * saved->stream_bytes();
    if (auto whole = saved->check_stream([&](std::uint64_t done, std::uint64_t) { progress.at(done, total); });
        !whole) {
        return std::unexpected(whole.error());
    }
    if (order.dry_run) return Answer{false, fmt::format("{}: would restore it", name), guest->uuid};
    const auto advance = [&](std::uint64_t done, std::uint64_t all) { progress.at(all + done, total); };
    auto loaded = load(*saved, *guest, order.paused || facts.paused, advance);
    if (!loaded) return named(loaded.error());
    return Answer{false, fmt::format("{}: restored", name), guest->uuid};
}

Result<> Definitions::load(const SaveReader& saved, const Definition& guest, bool paused, const Advance& advance) {
    if (auto made = make_nvram(guest); !made) return made;
    const std::string folder = run_folder(guest.name);
    if (auto up = launch(guest, {folder, true, true, Steady::now() + start_patience}); !up) return up;
    auto loaded = [&]() -> Result<> {
        auto run = open_run(proc_, folder, Steady::now() + 10s);
        if (!run) return std::unexpected(run.error());
        return load_run(*run, saved, paused, advance);
    }();
    if (loaded) return {};
    // QEMU that does not like the state says why and ends.
    const std::string why = loaded.error().kind == ErrorKind::absent ? last_words(folder) : loaded.error().message;
    take_down(guest.name);
    return fail(ErrorKind::malformed, "its state, of QEMU {}, cannot be loaded: {}", printable(saved.facts().qemu, 32),
                why);
}

std::vector<Event> Definitions::start_marked(const std::stop_token& stop) {
    std::vector<Event> said;
    if (!first_of_this_boot(proc_, state_folder_ + "/autostarted")) return said;
    const auto kept = list();
    for (const Definition& definition : kept->guests) {
        if (stop.stop_requested()) break;
        if (!store_.is_marked(definition.name)) continue;
        const auto hold = holds_.take(definition.name);
        if (!hold || running_with(proc_, definition.uuid)) continue;
        Definition guest = definition;
        auto up = check_may_start(guest);
        if (up) up = bring_up(guest, false, Steady::now() + start_patience);
        said.push_back(
            {EventKind::command, guest.uuid, guest.name,
             up ? std::string("autostart: started") : fmt::format("autostart: not started: {}", up.error().message)});
    }
    return said;
}

}  // namespace virtscope::qemu
