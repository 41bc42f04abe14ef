// GuestAgent: a conversation with the qemu-guest-agent inside a guest, over its virtio-serial channel.
//
// For worker threads, never the sampler's: calls block, each until its deadline and at most one second
// a question. Whoever answers is the guest and may lie: a reply costs at most that second and 256 KiB
// (guest_agent_value.h), and after any breach (silence, an unasked reply, bad JSON, the wrong shape)
// the connection is closed and every later question fails at once.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "core/fd.h"
#include "core/result.h"
#include "drivers/process.h"
#include "drivers/qemu/command_line.h"
#include "drivers/qemu/endpoint.h"
#include "drivers/qemu/guest_agent_value.h"

namespace virtscope::qemu {

class GuestAgent {
public:
    using Clock = std::chrono::steady_clock;
    static constexpr std::chrono::milliseconds patience{1000};  // for one question

    // Takes a connected non-blocking stream socket and agrees with the agent on where replies begin
    // (guest-sync-delimited): bytes left from an earlier client are skipped.
    // Errors: timeout (nobody answers), malformed, absent (hung up), system.
    static Result<GuestAgent> start(Fd socket, Clock::time_point deadline);

    // `arguments` is a JSON object or empty. What "return" holds. Errors: unsupported (the agent refused, in its
    // words; the conversation goes on), timeout, malformed, absent, system (it is over).
    Result<AgentValue> ask(std::string_view command, std::string_view arguments, Clock::time_point deadline);

    // For a command that answers nothing when it succeeds: silence until `deadline` or a hang-up is success.
    Result<> tell(std::string_view command, std::string_view arguments, Clock::time_point deadline);

    bool open() const { return static_cast<bool>(socket_); }

private:
    explicit GuestAgent(Fd socket) : socket_(std::move(socket)) {}

    Result<> sync(Clock::time_point deadline);
    Result<> send(std::string_view bytes, Clock::time_point deadline);
    Result<> receive(Clock::time_point deadline);
    Result<std::string> line(Clock::time_point deadline);
    Result<> put(std::string_view command, std::string_view arguments, Clock::time_point deadline);
    Result<AgentValue> reply(Clock::time_point deadline);
    std::unexpected<Error> drop(Error error);

    Fd socket_;
    std::string buffer_;        // received, not yet read
    std::size_t received_ = 0;  // bytes since the question was sent
};

// Where the guest's agent can be reached, from the guest's command line: a virtserialport named
// org.qemu.guest_agent.0 on a unix socket. Else Kind::none with a note ("guest agent: belongs to libvirt").
Endpoint find_agent(const CommandLine& line);

// find_agent(), connect_endpoint() and GuestAgent::start() in one.
Result<GuestAgent> open_agent(const Process& process, const CommandLine& line, GuestAgent::Clock::time_point deadline);

// What the guest says of itself, as one line of JSON:
// {"agent":"7.2.22","os":{…},"hostname":…,"filesystems":[{"name","mountpoint","type","total_bytes","used_bytes"}],
//  "interfaces":[{"name","mac","addresses":[{"type","address","prefix"}]}],"load":{…},"unavailable":{PART:WHY}}
// A part the agent refuses is left out and named in "unavailable". Lists are sorted and at most 256 long.
Result<std::string> guest_info(const Process& process, const CommandLine& line, GuestAgent::Clock::time_point deadline);

// The same of a conversation that is open.
Result<std::string> guest_info(GuestAgent& agent, GuestAgent::Clock::time_point deadline);

// Asks the guest to shut down by its agent; `mode` is "powerdown" or "reboot". Success: the agent took the
// order, not that the guest is down. Errors: as open_agent() and GuestAgent::ask(), malformed for another mode.
Result<> agent_shutdown(const Process& process, const CommandLine& line, std::string_view mode,
                        GuestAgent::Clock::time_point deadline);

}  // namespace virtscope::qemu
