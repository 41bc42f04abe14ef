#include "drivers/simulated/orders.h"

#include <chrono>
#include <thread>

#include "core/text.h"
#include "drivers/simulated/verbs.h"

namespace virtscope::simulated {
namespace {

using std::chrono::milliseconds;

// Memory goes to disk and back in this many steps.
constexpr std::uint64_t steps = 20;
constexpr milliseconds step{50};

void copy_memory(std::uint64_t bytes, Progress& progress) {
    for (std::uint64_t i = 0; i < steps; ++i) {
        progress.at(bytes / steps * i, bytes);
        std::this_thread::sleep_for(step);
    }
    progress.at(bytes, bytes);
}

Answer would(const Order& order, const SimGuest& guest) {
    return {.already = false,
            .text = fmt::format("would {} {}", verb_name(order.verb), guest.name),
            .guest = guest.uuid};
}

Result<Answer> no_answer(const Order& order, const SimGuest& guest) {
    std::this_thread::sleep_until(order.deadline);
    return fail(ErrorKind::timeout, "{}: no answer to {} in time: it hangs, destroy ends it", guest.name,
                verb_name(order.verb));
}

Result<> check_path(const Order& order) {
    if (order.path.starts_with('/')) return {};
    return fail(ErrorKind::malformed, "{}: file '{}': want an absolute path", verb_name(order.verb),
                printable(order.path));
}

}  // namespace

Orders::Orders(const Options& options, const Lives& lives, std::function<std::int64_t()> time)
    : options_(options), lives_(lives), time_(std::move(time)) {}

bool Orders::can(Verb verb) const { return verb != Verb::deploy && verb != Verb::guestinfo; }

Result<Orders::Found> Orders::find(std::string_view name) const {
    const auto index = index_of(options_, name);
    if (!index) return fail(ErrorKind::absent, "{}: no such guest on the simulated host", printable(name));
    Found found{make_guest(options_, *index), {}};
    const std::int64_t time = time_();
    const auto at = held_.find(*index);
    found.held = at != held_.end() ? at->second : held_of(found.guest, lives_.at(*index, time));
    settle(found.held, time);
    return found;
}

Result<Orders::Found> Orders::find_target(const Order& order) const {
    auto found = find(order.target.name);
    if (!found) return found;
    // Between two turns of churn a guest that nobody holds is nowhere.
    const bool nowhere = found->held.gone() || (!found->held.life.up && !held_.contains(found->guest.index));
    if (nowhere || found->guest.uuid != order.target.uuid) {
        return fail(ErrorKind::absent, "{}: no such guest on the simulated host", printable(order.target.name));
    }
    const auto run = check_run(order, found->held);
    if (!run) return std::unexpected(run.error());
    return found;
}

void Orders::keep(const Found& found) {
    held_[found.guest.index] = found.held;
    ++version_;
}

Result<Answer> Orders::carry_out(const Order& order, Progress& progress) {
    if (!can(order.verb)) {
        return fail(ErrorKind::unsupported, "the simulated host does not know {}", verb_name(order.verb));
    }
    switch (order.verb) {
        case Verb::save: return save(order, progress);
        case Verb::restore: return restore(order, progress);
        case Verb::define:
        case Verb::create: return define(order);
        default: return ordinary(order);
    }
}

Result<Answer> Orders::ordinary(const Order& order) {
    std::unique_lock lock(mutex_);
    auto found = find_target(order);
    if (!found) return std::unexpected(found.error());
    auto answer = apply(order, found->guest, found->held, time_());
    if (!answer) return answer;
    answer->guest = found->guest.uuid;
    if (answer->already || only_looks(order.verb)) return answer;
    if (order.dry_run) return would(order, found->guest);
    if (needs_monitor(order.verb) && !found->held.answers) {
        lock.unlock();
        return no_answer(order, found->guest);
    }
    keep(*found);
    return answer;
}

Result<Answer> Orders::save(const Order& order, Progress& progress) {
    const auto path = check_path(order);
    if (!path) return std::unexpected(path.error());
    std::unique_lock lock(mutex_);
    auto found = find_target(order);
    if (!found) return std::unexpected(found.error());
    const auto running = want_running(order, found->guest, found->held);
    if (!running) return std::unexpected(running.error());
    if (order.dry_run) return would(order, found->guest);
    if (!found->held.answers) {
        lock.unlock();
        return no_answer(order, found->guest);
    }
    found->held.paused = true;
    found->held.off_at = 0;
    keep(*found);
    lock.unlock();
    copy_memory(found->guest.memory, progress);
    lock.lock();
    turn_off(found->held);
    keep(*found);
    images_[order.path] = found->guest.name;
    return Answer{.already = false, .text = {}, .guest = found->guest.uuid};
}

Result<Answer> Orders::restore(const Order& order, Progress& progress) {
    const auto path = check_path(order);
    if (!path) return std::unexpected(path.error());
    std::unique_lock lock(mutex_);
    const auto image = images_.find(order.path);
    if (image == images_.end()) {
        return fail(ErrorKind::absent, "{}: nothing was saved there since the agent started", printable(order.path));
    }
    const std::string name = image->second;
    auto found = find(name);
    if (!found) return std::unexpected(found.error());
    const auto busy = [&] { return fail(ErrorKind::busy, "{}: is running: shut it down first", name); };
    if (found->held.life.up) return busy();
    if (order.dry_run) return would(order, found->guest);
    lock.unlock();
    copy_memory(found->guest.memory, progress);
    lock.lock();
    found = find(name);  // another order may have come first: this one names no guest and excludes nobody
    if (!found) return std::unexpected(found.error());
    if (found->held.life.up) return busy();
    turn_on(found->held, time_(), order.paused);
    keep(*found);
    return Answer{.already = false, .text = {}, .guest = found->guest.uuid};
}

// Its guests are what the simulated host has: those that were undefined can come back, others cannot be made.
Result<Answer> Orders::define(const Order& order) {
    const auto name = name_in(order.text);
    if (!name) return std::unexpected(name.error());
    const std::scoped_lock lock(mutex_);
    auto found = find(*name);
    if (!found) {
        return fail(ErrorKind::unsupported, "{}: the simulated host takes its own guests only: name an undefined one",
                    printable(*name));
    }
    const bool makes = order.verb == Verb::create;
    if (makes && !found->held.gone()) {
        return fail(ErrorKind::busy, "{}: exists already: start it, or undefine it first", found->guest.name);
    }
    if (!makes && found->held.defined) return Answer{.already = true, .text = {}, .guest = found->guest.uuid};
    if (order.dry_run) return would(order, found->guest);
    if (makes) {
        turn_on(found->held, time_(), order.paused);
    } else {
        found->held.defined = true;
    }
    keep(*found);
    return Answer{.already = false, .text = {}, .guest = found->guest.uuid};
}

std::vector<std::pair<std::uint64_t, Held>> Orders::news(std::uint64_t& seen) {
    const std::scoped_lock lock(mutex_);
    if (held_.empty()) return {};
    const std::int64_t time = time_();
    for (auto& [index, held] : held_) {
        if (settle(held, time)) ++version_;
    }
    if (version_ == seen) return {};
    seen = version_;
    return {held_.begin(), held_.end()};
}

}  // namespace virtscope::simulated
