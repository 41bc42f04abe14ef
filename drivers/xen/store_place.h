// Where xenstored is asked: a socket, or a device where xenstore is a domain of its own. The bytes are the same.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/fd.h"
#include "core/result.h"

namespace virtscope::xen {

// XENSTORED_PATH, which Xen's own programs take, too; where it is not set, the places of sockets and then the kernel's device.
std::vector<std::string> store_places();

// A connection that never blocks, but for one thing: the kernel answers watches that are written to its device itself, when
// it has set them, and write(2) takes as long as that does.
struct StoreSocket {
    Fd fd;
    bool is_socket = true;

    // The bytes that were sent or received; -1 and errno. Of a device one message has to be written at once, and no more.
    ssize_t send(std::string_view bytes) const;
    ssize_t receive(std::span<char> room) const;
};

// The first of `places` that is there; the others are not tried then: where a daemon that died left its socket behind, the
// device would lead to the same daemon, and whoever sets a watch there waits in the kernel and cannot even be killed.
// Errors name that place; all of them where none is there.
Result<StoreSocket> open_store_socket(std::span<const std::string> places);

}  // namespace virtscope::xen
