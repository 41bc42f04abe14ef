// What comes over a connection to xenstored, in pieces whose length the first byte says: framing and every body.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "drivers/xen/store_wire.h"

using namespace virtscope::xen;

namespace {

void require(bool holds) {
    if (!holds) std::abort();
}

void check(const Message& message) {
    require(message.body.size() <= payload_max);
    if (const auto path = path_of_event(message.body)) require(path->size() + 2 <= message.body.size());
    std::size_t length = 0;
    for (const auto& name : names_of(message.body)) length += name.size() + 1;
    require(length == message.body.size() || length == message.body.size() + 1);
    if (const auto part = directory_part_of(message.body)) {
        require(part->generation.size() + 1 + part->names.size() + (part->is_last ? 1 : 0) == message.body.size());
    }
    for (const char byte : error_of(message.body)) require(static_cast<unsigned char>(byte) >= ' ');
}

// False: there is no next message.
bool take(MessageBuffer& buffer, std::size_t& taken) {
    for (;;) {
        const auto message = buffer.next();
        if (!message) return false;
        if (!*message) return true;
        check(**message);
        taken += header_size + (*message)->body.size();
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const std::size_t step = std::size_t{data[0]} * 64 + 1;
    std::string_view bytes(static_cast<const char*>(static_cast<const void*>(data + 1)), size - 1);
    MessageBuffer buffer;
    std::size_t given = 0;
    std::size_t taken = 0;
    while (!bytes.empty()) {
        const auto room = buffer.room();
        require(!room.empty());
        const std::size_t count = std::min({step, room.size(), bytes.size()});
        std::copy_n(bytes.begin(), count, room.begin());
        buffer.add(count);
        given += count;
        bytes.remove_prefix(count);
        if (!take(buffer, taken)) return 0;
        require(taken <= given && given - taken < header_size + payload_max);
    }
    return 0;
}
