// QmpClient: a conversation with a monitor for a thread that may wait: one question, its answer, each by a deadline.
//
// The sampler has its own, non-blocking conversation (link.h); this one carries out commands. What the monitor sends
// is hostile: messages are bounded by framer.h, events are kept in a bounded queue, replies are matched by id, so that
// one that comes after its deadline is not taken for the answer to the next question.
//
// Threading: one thread at a time. Owns its socket; its end is the end of the conversation.
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <initializer_list>
#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

#include "core/fd.h"
#include "core/result.h"
#include "drivers/process.h"
#include "drivers/qemu/endpoint.h"
#include "drivers/qemu/framer.h"

namespace virtscope::qemu {

using Json = nlohmann::json;

struct QmpEvent {
    std::string name;
    Json data;  // an object, may be empty
};

class QmpClient {
public:
    using Deadline = std::chrono::steady_clock::time_point;

    // Both end with the greeting heard and capabilities negotiated. Errors: absent (nobody listens), denied, timeout
    // (does not greet: another client has it, or the guest hangs), malformed (speaks something else), system.
    static Result<QmpClient> connect(const Endpoint& endpoint, const Process& process, Deadline deadline);
    static Result<QmpClient> over(Fd socket, Deadline deadline);

    // The value of "return". `arguments` is an object. Errors: timeout (then it is not known whether it was done),
    // absent (the monitor went away; QEMU's DeviceNotFound), unsupported (CommandNotFound), busy (whatever else
    // QEMU refuses, with its words), malformed.
    Result<Json> ask(std::string_view command, const Json& arguments, Deadline deadline);
    Result<Json> ask(std::string_view command, Deadline deadline) { return ask(command, Json::object(), deadline); }

    // The same with a descriptor sent along (getfd, add-fd). `fd` stays the caller's.
    Result<Json> ask_with_fd(std::string_view command, const Json& arguments, int fd, Deadline deadline);

    // The oldest event of one of these names that came since the conversation began or since it was last taken; waits
    // for one. Errors: timeout, absent, malformed.
    Result<QmpEvent> wait_event(std::initializer_list<std::string_view> names, Deadline deadline);
    void forget_events() { events_.clear(); }

private:
    explicit QmpClient(Fd socket) : socket_(std::move(socket)) {}

    Result<> greet(Deadline deadline);
    Result<> send(std::string_view text, int fd, Deadline deadline);
    Result<Json> receive(Deadline deadline);
    Result<> wait(short what, Deadline deadline);
    void keep(const Json& event);

    Fd socket_;
    Framer framer_;
    std::deque<QmpEvent> events_;
    std::uint64_t last_id_ = 0;
};

// Members of what others wrote; never throw. Absent or of another type: the empty value.
std::string text_at(const Json& object, const char* key);
const Json& member(const Json& object, const char* key);  // null if there is none

}  // namespace virtscope::qemu
