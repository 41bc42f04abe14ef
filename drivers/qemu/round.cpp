#include "drivers/qemu/round.h"

#include <algorithm>
#include <string>
#include <thread>

#include "drivers/qemu/discovery.h"

namespace virtscope::qemu {
namespace {

using namespace std::chrono_literals;

constexpr auto shortest_sleep = 2ms;
constexpr auto longest_sleep = 10ms;
constexpr auto patience_with_newcomers = 20ms;
constexpr auto rest_before_settling = 1ms;
constexpr auto second_rest = 4ms;

void sleep_until(Clock::time_point time) { std::this_thread::sleep_until(time); }

Witness witness_of(const Guest& guest, const Place& place, bool with_vcpus) {
    if (guest.main_clock() == nullptr) return {};
    return read_witness(*guest.main_clock(), place.iothreads, place.vcpus, with_vcpus);
}

bool sleeps(const Process& process, pid_t tid) {
    const auto stat = process.read(("task/" + std::to_string(tid) + "/stat").c_str(), 4096);
    return stat && parse_stat(*stat).state == 'S';
}

// Every witness is in an interruptible sleep: not running, not stopped, not stuck in a device.
bool all_asleep(const Place& place) {
    const Process& process = *place.process;
    const auto asleep = [&process](const TaskPlace& task) { return sleeps(process, task.tid); };
    return sleeps(process, process.pid()) && std::ranges::all_of(place.iothreads, asleep) &&
           std::ranges::all_of(place.vcpus, [&](const VcpuPlace& vcpu) { return vcpu.task && asleep(*vcpu.task); });
}

enum class Settling { settled, restless, failed };

// Whether the last answer still holds now that the guest has had time to fall asleep.
Settling try_to_settle(Guest& guest, const Place& place) {
    Proof& proof = guest.proof;
    const Witness first = witness_of(guest, place, true);
    const bool quiet = proof.before && proof.before->usable && first.usable && first.vcpus == proof.before->vcpus;
    if (!quiet) {
        proof.before.reset();
        return Settling::failed;
    }
    const bool asleep = all_asleep(place);
    const Witness second = asleep ? witness_of(guest, place, true) : first;
    if (!settles(*proof.before, first, second, asleep)) return Settling::restless;
    proof.settled = true;
    proof.at = second;
    proof.before.reset();
    if (!proof.unmoved) ++proof.epoch;
    return Settling::settled;
}

}  // namespace

void Round::run(const Guests& guests, std::span<const Place> places, Clock::time_point deadline) {
    started_ = Clock::now();
    outcomes_.assign(guests.size(), {});
    efforts_.assign(guests.size(), {});
    monitors_.poll(std::min(deadline, started_ + longest_sleep));
    bool asked = false;
    for (std::size_t i = 0; i < guests.size(); ++i) {
        plan(*guests[i], places[i], outcomes_[i], efforts_[i]);
        asked = asked || outcomes_[i].asked || guests[i]->link.is_settling();
    }
    if (asked) {
        collect(guests, deadline);
        settle_all(guests, places, deadline);
    }
    const auto now = Clock::now();
    for (std::size_t i = 0; i < guests.size(); ++i) judge(*guests[i], outcomes_[i], efforts_[i], now);
}

// Decides about one guest and sends the first question.
void Round::plan(Guest& guest, const Place& place, Outcome& outcome, Effort& effort) {
    Link& link = guest.link;
    effort.owing = link.outstanding().has_value();
    if (!link.is_ready() || effort.owing) return;
    const auto now = Clock::now();
    const Proof& proof = guest.proof;
    if (!proof.settled && proof.before) (void)try_to_settle(guest, place);  // whether it did is in the proof
    effort.before = witness_of(guest, place, proof.needs_vcpus);
    effort.held = holds(proof, effort.before);
    if (proof.settled && !effort.held) guest.schedule.woke();
    outcome.spared = effort.held && !guest.schedule.probe_due(now);
    const bool slow = guest.schedule.slow_due(now);
    if (outcome.spared) {
        ++spared_;
        guest.schedule.spared();
    }
    if (outcome.spared && !slow && !link.has_urgent()) return;
    effort.settling = guest.schedule.try_settle();
    if ((effort.settling || slow) && !proof.needs_vcpus) effort.before = witness_of(guest, place, true);
    effort.follow_up = link.take_urgent();
    if (!effort.follow_up && slow) {
        effort.follow_up = guest.schedule.take_slow(now, effort.held, proof, effort.before, link.facts(), guest.uses_kvm());
    }
    if (!outcome.spared) {
        guest.schedule.probed(now);
        ask(guest, Command::blockstats, outcome);
    } else if (effort.follow_up) {
        effort.asked_besides = std::exchange(effort.follow_up, std::nullopt);
        ask(guest, *effort.asked_besides, outcome);
    }
}

void Round::ask(Guest& guest, Command command, Outcome& outcome) {
    if (!guest.link.ask(command)) return;
    outcome.asked = outcome.expected = true;
    if (command == Command::blockstats) outcome.blockstats_sent = guest.link.outstanding();
    // Being asked wakes the guest: what was proven is not any more, until it settles again.
    guest.proof.settled = false;
}

void Round::collect(const Guests& guests, Clock::time_point deadline) {
    Clock::duration nap = shortest_sleep;
    for (;;) {
        std::size_t waiting = 0;
        std::size_t newcomers = 0;
        for (std::size_t i = 0; i < guests.size(); ++i) {
            Guest& guest = *guests[i];
            Outcome& outcome = outcomes_[i];
            if (guest.link.is_settling()) ++newcomers;
            if (!outcome.expected) continue;
            outcome.expected = guest.link.outstanding().has_value();
            if (!outcome.expected && efforts_[i].follow_up) {
                efforts_[i].asked_besides = std::exchange(efforts_[i].follow_up, std::nullopt);
                ask(guest, *efforts_[i].asked_besides, outcome);
            }
            if (outcome.expected) ++waiting;
        }
        const auto now = Clock::now();
        const bool only_newcomers = waiting == 0 && newcomers > 0 && now - started_ < patience_with_newcomers;
        if (now >= deadline || (waiting == 0 && !only_newcomers)) return;
        sleep_until(std::min(deadline, now + nap));
        nap = std::min<Clock::duration>(nap * 2, longest_sleep);
        monitors_.poll(deadline);
    }
}

// Two looks: most guests sleep a millisecond after their answer, on a busy host some a little later.
void Round::settle_all(const Guests& guests, std::span<const Place> places, Clock::time_point deadline) {
    for (std::size_t i = 0; i < guests.size(); ++i) {
        Effort& effort = efforts_[i];
        if (!outcomes_[i].asked || outcomes_[i].expected || !guests[i]->link.is_ready()) continue;
        Proof& proof = guests[i]->proof;
        proof.unmoved = effort.held;
        proof.before.reset();
        if (effort.settling) proof.before = effort.before;
        effort.restless = effort.settling;
        if (effort.asked_besides != Command::vcpu_stats) continue;
        proof.before.reset();
        effort.restless = effort.settling = false;
    }
    for (const auto rest : {rest_before_settling, second_rest}) {
        const bool any = std::ranges::any_of(efforts_, &Effort::restless);
        if (!any || Clock::now() + rest >= deadline) break;
        std::this_thread::sleep_for(rest);
        for (std::size_t i = 0; i < guests.size(); ++i) {
            Effort& effort = efforts_[i];
            if (!effort.restless) continue;
            const Settling result = try_to_settle(*guests[i], places[i]);
            effort.restless = result == Settling::restless;
            if (result == Settling::settled && effort.asked_besides) {
                guests[i]->schedule.settled(*effort.asked_besides, guests[i]->proof);
            }
        }
    }
    for (std::size_t i = 0; i < guests.size(); ++i) {
        Guest& guest = *guests[i];
        if (outcomes_[i].asked && efforts_[i].settling) guest.schedule.settle_result(guest.proof.settled);
        if (efforts_[i].asked_besides == Command::vcpu_stats) {
            guest.schedule.vcpus_read(witness_of(guest, places[i], true).vcpus);
        }
    }
}

// A guest is stale once it owes an answer past its deadline. A second question of this tick was sent
// later than the round began, and has its own.
void Round::judge(Guest& guest, Outcome& outcome, const Effort& effort, Clock::time_point now) const {
    if (!guest.link.is_ready()) return;
    const auto since = guest.link.outstanding();
    const bool first_unanswered = outcome.expected && !effort.asked_besides;
    outcome.stale = effort.owing || (since && (first_unanswered || now - *since >= options_.monitor_deadline));
    guest.link.set_stale(outcome.stale);
}

}  // namespace virtscope::qemu
