#include "drivers/qemu/agent_poll.h"

#include <utility>

#include "drivers/qemu/guest_agent.h"

namespace virtscope::qemu {
namespace {

using namespace std::chrono_literals;
using Reach = AgentReply::Reach;

constexpr auto longest = 3s;  // three times GuestAgent::patience

ToldFilesystem told_by(const AgentValue& entry) {
    return {.mountpoint = entry.text("mountpoint"),
            .device = entry.text("name"),
            .type = entry.text("type"),
            .total_bytes = entry.count("total-bytes"),
            .used_bytes = entry.count("used-bytes")};
}

// None: it refuses, is silent or tells something else. It answered the question before all the same.
std::optional<GuestFilesystems> ask_filesystems(GuestAgent& agent, GuestAgent::Clock::time_point deadline) {
    const auto answer = agent.ask("guest-get-fsinfo", {}, deadline);
    return answer ? told_filesystems(*answer) : std::nullopt;
}

// The sampler's side of a loan, for as long as one question lasts.
class Hold {
public:
    Hold(Loans& loans, Run run) : loans_(loans), run_(run), holds_(loans.hold(run)) {}
    ~Hold() {
        if (holds_) loans_.release(run_);
    }
    Hold(const Hold&) = delete;
    Hold& operator=(const Hold&) = delete;
    explicit operator bool() const { return holds_; }

private:
    Loans& loans_;
    Run run_;
    bool holds_;
};

}  // namespace

std::optional<GuestFilesystems> told_filesystems(const AgentValue& returned) {
    if (!std::holds_alternative<AgentValue::List>(returned.held)) return std::nullopt;
    std::vector<ToldFilesystem> told;
    for (const AgentValue& entry : returned.list()) told.push_back(told_by(entry));
    return watched_filesystems(std::move(told));
}

AgentReply poll_agent(Fd socket, bool filesystems) {
    const auto deadline = GuestAgent::Clock::now() + longest;
    auto agent = GuestAgent::start(std::move(socket), deadline);
    if (!agent) return {agent.error().kind == ErrorKind::system ? Reach::unreachable : Reach::silent, {}};
    // A refusal is an answer.
    const auto ping = agent->ask("guest-ping", {}, deadline);
    if (!ping && !agent->open()) return {Reach::silent, {}};
    AgentReply reply{Reach::answers, {}};
    if (filesystems) reply.filesystems = ask_filesystems(*agent, deadline);
    return reply;
}

AskAgent way_to_agent(std::shared_ptr<const Process> process, const CommandLine& line, std::shared_ptr<Loans> loans) {
    Endpoint channel = find_agent(line);
    if (channel.kind == Endpoint::Kind::none) return nullptr;
    return [process = std::move(process), channel = std::move(channel), loans = std::move(loans)](bool filesystems) {
        const Hold hold(*loans, Run::of(*process, Channel::guest_agent));
        if (!hold) return AgentReply{Reach::later, {}};
        auto socket = connect_endpoint(channel, *process);
        if (!socket) return AgentReply{Reach::unreachable, {}};
        return poll_agent(std::move(*socket), filesystems);
    };
}

}  // namespace virtscope::qemu
