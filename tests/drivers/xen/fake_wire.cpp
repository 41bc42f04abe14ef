#include "fake_wire.h"

#include <algorithm>
#include <cstring>

namespace virtscope::test {

Header header_of(std::string_view bytes) {
    Header header{};
    std::memcpy(header.data(), bytes.data(), sizeof header);
    return header;
}

void add_message(std::string& out, Header header, std::string_view body) {
    header[3] = static_cast<std::uint32_t>(body.size());
    std::array<char, sizeof(Header)> bytes{};
    std::memcpy(bytes.data(), header.data(), sizeof header);
    out.append(bytes.data(), bytes.size());
    out += body;
}

void reply(std::string& out, std::string_view question, std::string_view body) { add_message(out, header_of(question), body); }

void refuse(std::string& out, std::string_view question, const char* why) {
    Header header = header_of(question);
    header[0] = static_cast<std::uint32_t>(Type::error);
    add_message(out, header, std::string_view(why, std::strlen(why) + 1));
}

std::pair<std::string, std::string> two_strings(std::string_view body) {
    const std::size_t end = std::min(body.find('\0'), body.size());
    std::string_view second = body.substr(std::min(end + 1, body.size()));
    second = second.substr(0, second.find('\0'));
    return {std::string(body.substr(0, end)), std::string(second)};
}

std::string joined(const std::vector<std::string>& names) {
    std::string all;
    for (const std::string& name : names) {
        all += name;
        all += '\0';
    }
    return all;
}

}  // namespace virtscope::test
