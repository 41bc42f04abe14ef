// What an agent inside a guest sends: any bytes after it agreed on a beginning, and any bytes as a reply.
// What is accepted must be what can be written, read again and written the same.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include <sys/socket.h>

#include "drivers/qemu/guest_agent.h"

using namespace virtscope;
using namespace virtscope::qemu;

namespace {

void read_reply(std::string_view bytes) {
    const auto value = parse_agent_reply(bytes);
    if (!value) return;
    const std::string written = value->json();
    const auto again = parse_agent_reply(written);
    // Cutting long strings keeps them short; escapes may still make a reply outgrow the limit.
    if (!again && written.size() <= max_agent_reply) std::abort();
    (void)value->count("return");
    (void)value->find("return");
}

// The guest's end has written everything and hung up before it is read: nothing here waits.
void converse(std::string_view bytes) {
    int ends[2];
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) return;
    Fd ours(ends[0]);
    const Fd theirs(ends[1]);
    (void)::send(theirs.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    (void)::shutdown(theirs.get(), SHUT_WR);
    (void)GuestAgent::start(std::move(ours), GuestAgent::Clock::now() + GuestAgent::patience).has_value();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view bytes(static_cast<const char*>(static_cast<const void*>(data)), size);
    read_reply(bytes);
    converse(bytes);
    return 0;
}
