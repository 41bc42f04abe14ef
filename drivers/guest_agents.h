// GuestAgents: the agents inside guests, asked from time to time by a few threads of their own.
//
// An agent may be slow, hang or lie, and a question may block for as long as it does: so nobody waits for one. Each
// agent is asked one question at a time; with every silence it is asked half as often, down to once in 10 minutes; and
// agents that were silent or slow get half of the threads, with those that are new all but one: the rest is for those
// that answer.
//
// Threading: the mutex is never held while an agent is asked. The threads keep what they share, so GuestAgents may go
// while questions are under way.
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>

#include "drivers/guest_filesystems.h"

namespace virtscope {

// What one question brought.
struct AgentReply {
    enum class Reach {
        answers,
        silent,       // the guest was asked, and no answer came or nonsense
        unreachable,  // it could not be asked, which says nothing about it
        later,        // somebody else is talking to it
    };
    Reach reach = Reach::unreachable;
    std::optional<GuestFilesystems> filesystems;  // none: not asked about, or refused
};

// Puts one question to one guest's agent, about its filesystems too or only whether it answers. Blocks.
using AskAgent = std::function<AgentReply(bool filesystems)>;

// What is known of one guest's agent. Shared and never changed once it is made.
struct AgentState {
    using Time = std::chrono::steady_clock::time_point;
    std::optional<bool> answers;   // none: not known
    std::optional<Time> answered;  // when it last did
    std::optional<Time> told;      // when it told of the filesystems; none: their values are not known
    GuestFilesystems filesystems;  // the last that were told; they stay when it falls silent
};
using AgentStatePtr = std::shared_ptr<const AgentState>;

class GuestAgents {
public:
    using Clock = std::chrono::steady_clock;
    static constexpr Clock::duration longest_rest = std::chrono::minutes(10);

    // `threads` is how many may be asked at a time, at least 2.
    GuestAgents(Clock::duration interval, std::size_t threads);
    ~GuestAgents();
    GuestAgents(const GuestAgents&) = delete;
    GuestAgents& operator=(const GuestAgents&) = delete;

    struct Agent;  // one that is watched, for as long as somebody holds it
    std::shared_ptr<Agent> watch(AskAgent ask);

    // The newest state. A guest that does not run is not asked and counts as silent; when it runs again it is asked at
    // once. Never blocks.
    AgentStatePtr look(const std::shared_ptr<Agent>& agent, bool runs);

private:
    struct State;
    static void work(const std::shared_ptr<State>& state);
    void add_thread(const std::lock_guard<std::mutex>& locked);

    std::shared_ptr<State> state_;
};

}  // namespace virtscope
