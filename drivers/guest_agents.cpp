#include "drivers/guest_agents.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <span>
#include <system_error>
#include <thread>
#include <utility>

namespace virtscope {
namespace {

using namespace std::chrono_literals;
using Clock = GuestAgents::Clock;
using Reach = AgentReply::Reach;

constexpr auto is_slow = 500ms;      // takes a thread for so long that others would notice
constexpr auto second_try = 1s;      // an agent that answered before is not called silent for one lost second
constexpr auto somebody_else = 1s;   // until the channel may be free again

// How many threads an agent may take from others; those first that may take most.
enum class Trust : std::uint8_t { answers, unknown, suspect };
constexpr std::size_t trusts = 3;

}  // namespace

// Under the mutex of State but for `ask`, which does not change.
struct GuestAgents::Agent {
    AskAgent ask;
    AgentStatePtr state = std::make_shared<const AgentState>();
    std::optional<Clock::time_point> due;  // none: it is being asked, or does not run
    bool runs = true;
    bool asking = false;
    bool about_filesystems = true;  // the next question is; every second one
    bool doubted = false;           // silent once, to be asked again before that is believed
    bool slow = false;
    unsigned failures = 0;  // in a row

    // What it answered, if it ever has, is of the past.
    void fall_silent() {
        if (!state->answers) return;
        AgentState silent = *state;
        silent.answers = false;
        silent.told.reset();
        state = std::make_shared<const AgentState>(std::move(silent));
        about_filesystems = true;
    }

    Trust trust() const {
        if (failures > 0 || doubted || slow) return Trust::suspect;
        return state->answered ? Trust::answers : Trust::unknown;
    }
};

struct GuestAgents::State {
    State(Clock::duration interval_, std::size_t threads_) : interval(interval_), most_threads(std::max<std::size_t>(threads_, 2)) {}

    const Clock::duration interval;
    const std::size_t most_threads;
    std::mutex mutex;
    std::condition_variable changed;
    // By when they are due, a queue for each degree of trust. An entry with another time than its agent's is void.
    using Queue = std::multimap<Clock::time_point, std::weak_ptr<Agent>>;
    std::array<Queue, trusts> queues;
    std::size_t threads = 0;
    std::size_t untrusted = 0;  // being asked
    unsigned watched = 0;
    bool closing = false;

    // How many queues may be served now.
    std::size_t open_queues() const {
        return untrusted < most_threads / 2 ? 3 : untrusted < most_threads - 1 ? 2 : 1;
    }
    void enqueue(const std::shared_ptr<Agent>& agent, Clock::time_point due);
    std::shared_ptr<Agent> pick(Clock::time_point now);
    void wait(std::unique_lock<std::mutex>& lock);
    Clock::duration rest(unsigned failures) const;
    Clock::time_point take(Agent& agent, AgentReply reply, bool about_filesystems, Clock::time_point begun);
    Clock::time_point next(Agent& agent, Reach reach, Clock::time_point begun);
};

void GuestAgents::State::enqueue(const std::shared_ptr<Agent>& agent, Clock::time_point due) {
    agent->due = due;
    queues[static_cast<std::size_t>(agent->trust())].emplace(due, agent);
    changed.notify_one();
}

// The one that is due for the longest time and may be asked now; null: none.
std::shared_ptr<GuestAgents::Agent> GuestAgents::State::pick(Clock::time_point now) {
    for (Queue& queue : std::span(queues).first(open_queues())) {
        while (!queue.empty() && queue.begin()->first <= now) {
            const auto due = queue.begin()->first;
            auto agent = queue.begin()->second.lock();
            queue.erase(queue.begin());
            if (agent != nullptr && agent->due == due) return agent;
        }
    }
    return nullptr;
}

void GuestAgents::State::wait(std::unique_lock<std::mutex>& lock) {
    std::optional<Clock::time_point> until;
    for (const Queue& queue : std::span(queues).first(open_queues())) {
        if (queue.empty()) continue;
        until = std::min(until.value_or(queue.begin()->first), queue.begin()->first);
    }
    if (until) {
        changed.wait_until(lock, *until);
    } else {
        changed.wait(lock);
    }
}

Clock::duration GuestAgents::State::rest(unsigned failures) const {
    const auto longest = std::max(interval, longest_rest);
    return std::min(longest, interval * (1U << std::min(failures - 1, 10U)));
}

// When it is to be asked again; counts its failures.
Clock::time_point GuestAgents::State::next(Agent& agent, Reach reach, Clock::time_point begun) {
    const auto now = Clock::now();
    if (reach == Reach::later) return now + somebody_else;
    if (reach == Reach::answers) {
        agent.failures = 0;
        agent.doubted = false;
        // Those that were found together are not to be asked together for ever.
        const bool first = !agent.state->answered;
        return begun + interval - (first ? interval / 2 / 16 * (watched++ % 16) : 0s);
    }
    if (reach == Reach::silent && !agent.doubted && agent.state->answers == true) {
        agent.doubted = true;
        return now + second_try;
    }
    return now + rest(++agent.failures);
}

// Returns when it is to be asked again.
Clock::time_point GuestAgents::State::take(Agent& agent, AgentReply reply, bool about_filesystems,
                                           Clock::time_point begun) {
    const auto now = Clock::now();
    const bool doubted = agent.doubted;
    AgentState state = *agent.state;
    agent.slow = now - begun > is_slow;
    const auto due = next(agent, reply.reach, begun);
    if (reply.reach == Reach::later || (agent.doubted && !doubted)) return due;
    if (reply.reach == Reach::answers) {
        state.answers = true;
        state.answered = now;
        agent.about_filesystems = !about_filesystems;
        if (about_filesystems) state.told = reply.filesystems ? std::optional(now) : std::nullopt;
        if (reply.filesystems) state.filesystems = std::move(*reply.filesystems);
    } else {
        state.answers = reply.reach == Reach::silent ? std::optional(false) : std::nullopt;
        state.told.reset();
        agent.about_filesystems = true;
    }
    agent.state = std::make_shared<const AgentState>(std::move(state));
    return due;
}

GuestAgents::GuestAgents(Clock::duration interval, std::size_t threads)
    : state_(std::make_shared<State>(interval, threads)) {}

GuestAgents::~GuestAgents() {
    const std::lock_guard lock(state_->mutex);
    state_->closing = true;
    state_->changed.notify_all();
}

std::shared_ptr<GuestAgents::Agent> GuestAgents::watch(AskAgent ask) {
    auto agent = std::make_shared<Agent>();
    agent->ask = std::move(ask);
    const std::lock_guard lock(state_->mutex);
    if (state_->threads < state_->most_threads) add_thread(lock);
    state_->enqueue(agent, Clock::now());
    return agent;
}

// Without memory for one, those that are there do the work, or the next guest brings one.
void GuestAgents::add_thread(const std::lock_guard<std::mutex>&) {
    try {
        std::thread([state = state_] { work(state); }).detach();
        ++state_->threads;
    } catch (const std::system_error&) {
        return;
    }
}

AgentStatePtr GuestAgents::look(const std::shared_ptr<Agent>& agent, bool runs) {
    const std::lock_guard lock(state_->mutex);
    if (agent->runs != runs) {
        agent->runs = runs;
        agent->failures = 0;
        agent->doubted = false;
        agent->due.reset();
        if (!runs) agent->fall_silent();
        if (runs && !agent->asking) state_->enqueue(agent, Clock::now());
    }
    return agent->state;
}

// Runs in a thread that a guest may keep.
void GuestAgents::work(const std::shared_ptr<State>& state) {
    std::unique_lock lock(state->mutex);
    while (!state->closing) {
        std::shared_ptr<Agent> agent = state->pick(Clock::now());
        if (agent == nullptr) {
            state->wait(lock);
            continue;
        }
        const std::size_t untrusted = agent->trust() == Trust::answers ? 0 : 1;
        const bool about_filesystems = agent->about_filesystems;
        agent->due.reset();
        agent->asking = true;
        state->untrusted += untrusted;
        state->changed.notify_one();  // it may be this thread that would have seen to the next
        lock.unlock();
        const auto begun = Clock::now();
        AgentReply reply = agent->ask(about_filesystems);
        lock.lock();
        state->untrusted -= untrusted;
        agent->asking = false;
        if (agent->runs) state->enqueue(agent, state->take(*agent, std::move(reply), about_filesystems, begun));
        lock.unlock();
        agent.reset();  // may be the last to hold the guest's process or libvirt's domain
        lock.lock();
    }
    --state->threads;
}

}  // namespace virtscope
