// The messages of xenstored's protocol, as FakeXenstore takes and sends them (xen/include/public/io/xs_wire.h).
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace virtscope::test {

enum class Type : std::uint32_t { directory = 1, read = 2, watch = 4, unwatch = 5, watch_event = 15, error = 16, directory_part = 22 };

// Four words in the machine's byte order: type, request, transaction, length of what follows.
using Header = std::array<std::uint32_t, 4>;
constexpr std::size_t payload_max = 4096;

Header header_of(std::string_view bytes);
void add_message(std::string& out, Header header, std::string_view body);
// To a question, of which these are the header's bytes.
void reply(std::string& out, std::string_view question, std::string_view body);
void refuse(std::string& out, std::string_view question, const char* why);
// "first\0second\0"
std::pair<std::string, std::string> two_strings(std::string_view body);
// "name\0name\0"
std::string joined(const std::vector<std::string>& names);

}  // namespace virtscope::test
