// The messages of xenstored's protocol (xen/include/public/io/xs_wire.h, docs/misc/xenstore.txt): a header of four words in
// the machine's byte order (type, request, transaction, length of what follows), then up to 4096 bytes. Pure functions.
#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"

namespace virtscope::xen {

// Those that are used; it is also the list of what the store may do: it only reads and watches.
enum class MessageType : std::uint32_t {
    directory = 1,
    read = 2,
    watch = 4,
    unwatch = 5,
    watch_event = 15,
    error = 16,
    directory_part = 22,
};

inline constexpr std::size_t header_size = 16;
inline constexpr std::size_t payload_max = 4096;

struct Message {
    MessageType type{};         // as it came: any number
    std::uint32_t request = 0;  // that of the question it answers; of an event: nothing
    std::string_view body;
};

// A question, whose body is `strings`, a NUL behind each. Outside any transaction.
std::string question(MessageType type, std::uint32_t request, std::initializer_list<std::string_view> strings);

// Bytes that came, cut into messages.
class MessageBuffer {
public:
    MessageBuffer() : bytes_(capacity) {}

    // Where what comes next is to be put; never empty once next() had no more. What next() returned is void then.
    std::span<char> room();
    void add(std::size_t count) { end_ += count; }
    // The oldest message; nothing: it has not come whole. Errors: malformed, when a length is none of the protocol's; there
    // is no next message after that. Valid until room() is called.
    Result<std::optional<Message>> next();

private:
    static constexpr std::size_t capacity = 65536;
    std::vector<char> bytes_;
    std::size_t begin_ = 0;
    std::size_t end_ = 0;
};

// The path with which a watch fired. Nothing: the body is not a path and a token.
std::optional<std::string_view> path_of_event(std::string_view body);

// "name\0name\0"
std::vector<std::string> names_of(std::string_view body);

// An answer to directory_part: the node's generation, then names from an offset on, and a NUL more behind the last name.
struct DirectoryPart {
    std::string_view generation;  // another one: the list changed, what was read before is void
    std::string_view names;
    bool is_last = false;
};
std::optional<DirectoryPart> directory_part_of(std::string_view body);

// The name of an error ("ENOENT\0"): up to its end, printable.
std::string error_of(std::string_view body);

}  // namespace virtscope::xen
