#include "drivers/xen/store_wire.h"

#include <array>
#include <cstring>

#include "core/text.h"

namespace virtscope::xen {
namespace {

using Header = std::array<std::uint32_t, 4>;
static_assert(sizeof(Header) == header_size);

// The part up to the next NUL, which is taken off `body`; nothing: there is none.
std::optional<std::string_view> next_string(std::string_view& body) {
    const std::size_t end = body.find('\0');
    if (end == std::string_view::npos) return std::nullopt;
    const std::string_view text = body.substr(0, end);
    body.remove_prefix(end + 1);
    return text;
}

}  // namespace

std::string question(MessageType type, std::uint32_t request, std::initializer_list<std::string_view> strings) {
    std::string message(header_size, '\0');
    for (const std::string_view text : strings) {
        message += text;
        message += '\0';
    }
    const auto length = static_cast<std::uint32_t>(message.size() - header_size);
    const Header header{static_cast<std::uint32_t>(type), request, 0, length};
    std::memcpy(message.data(), header.data(), header_size);
    return message;
}

std::span<char> MessageBuffer::room() {
    if (begin_ != 0) {
        std::memmove(bytes_.data(), bytes_.data() + begin_, end_ - begin_);
        end_ -= begin_;
        begin_ = 0;
    }
    return std::span(bytes_).subspan(end_);
}

Result<std::optional<Message>> MessageBuffer::next() {
    const std::size_t held = end_ - begin_;
    if (held < header_size) return std::nullopt;
    const char* const at = bytes_.data() + begin_;
    Header header{};
    std::memcpy(header.data(), at, header_size);
    const auto [type, request, transaction, length] = header;
    if (length > payload_max) {
        return fail(ErrorKind::malformed, "a message of {} bytes, of type {}: {} are the most there can be", length, type,
                    payload_max);
    }
    if (held < header_size + length) return std::nullopt;
    begin_ += header_size + length;
    return Message{static_cast<MessageType>(type), request, {at + header_size, length}};
}

std::optional<std::string_view> path_of_event(std::string_view body) {
    const auto path = next_string(body);
    const auto token = next_string(body);
    return token ? path : std::nullopt;
}

std::vector<std::string> names_of(std::string_view body) {
    std::vector<std::string> names;
    while (const auto name = next_string(body)) names.emplace_back(*name);
    if (!body.empty()) names.emplace_back(body);
    return names;
}

std::optional<DirectoryPart> directory_part_of(std::string_view body) {
    const auto generation = next_string(body);
    if (!generation) return std::nullopt;
    const bool is_last = body == std::string_view("\0", 1) || body.ends_with(std::string_view("\0\0", 2));
    if (is_last) body.remove_suffix(1);
    return DirectoryPart{*generation, body, is_last};
}

std::string error_of(std::string_view body) {
    constexpr std::size_t longest = 32;
    return printable(body.substr(0, body.find('\0')), longest);
}

}  // namespace virtscope::xen
