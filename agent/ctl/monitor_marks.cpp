// What generated files say about themselves in comments; both systems' comments begin with '#'.
#include <span>

#include "agent/ctl/monitor_text.h"
#include "core/crc32c.h"

namespace virtscope {
namespace {

constexpr std::string_view stamp = "# Written by virtscope nagios-config, sum ";
constexpr std::string_view mark = "# guest ";
constexpr std::size_t uuid_length = 36;

std::string sum_of(std::string_view text) {
    return fmt::format("{:08x}", crc32c(std::as_bytes(std::span(text.data(), text.size()))));
}

}  // namespace

std::string stamped(std::string_view text) { return fmt::format("{}{}.\n{}", stamp, sum_of(text), text); }

bool is_edited(std::string_view text) {
    const std::size_t end = text.find('\n');
    if (end == std::string_view::npos) return true;
    return text.substr(0, end) != fmt::format("{}{}.", stamp, sum_of(text.substr(end + 1)));
}

std::string guest_mark(const MonitoredGuest& guest) { return fmt::format("{}{} {}\n", mark, guest.uuid, guest.name); }

std::vector<MonitoredGuest> marked_guests(std::string_view text) {
    std::vector<MonitoredGuest> guests;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find('\n'), text.size());
        std::string_view line = text.substr(0, end);
        text.remove_prefix(std::min(end + 1, text.size()));
        if (!line.starts_with(mark)) continue;
        line.remove_prefix(mark.size());
        if (line.size() <= uuid_length + 1 || !Uuid::parse(line.substr(0, uuid_length))) continue;
        guests.push_back({std::string(line.substr(uuid_length + 1)), std::string(line.substr(0, uuid_length))});
    }
    return guests;
}

}  // namespace virtscope
