#include "drivers/qemu/commands.h"

#include <array>

#include <fmt/format.h>

namespace virtscope::qemu {
namespace {

struct Row {
    Command command;
    std::string_view name;
    std::string_view arguments;  // {0}: the path, {1}: the interval
};

constexpr std::array<Row, command_count> rows{{
    {Command::negotiate, "qmp_capabilities", ""},
    {Command::status, "query-status", ""},
    {Command::cpus, "query-cpus-fast", ""},
    {Command::iothreads, "query-iothreads", ""},
    {Command::blockstats, "query-blockstats", ""},
    {Command::block, "query-block", ""},
    {Command::balloon, "query-balloon", ""},
    {Command::vcpu_stats, "query-stats",
     R"({{"target":"vcpu","providers":[{{"provider":"kvm","names":["exits","halt_exits","halt_wait_ns","halt_poll_success_ns","halt_poll_fail_ns","irq_injections","blocking"]}}]}})"},
    {Command::list, "qom-list", R"({{"path":"{0}"}})"},
    {Command::guest_stats, "qom-get", R"({{"path":"{0}","property":"guest-stats"}})"},
    {Command::poll_stats, "qom-set", R"({{"path":"{0}","property":"guest-stats-polling-interval","value":{1}}})"},
}};

constexpr const Row& row_of(Command command) { return rows[static_cast<std::size_t>(command)]; }

// A QOM path comes from the guest's own monitor: as part of a JSON string it must not end it.
std::string json_escaped(std::string_view text) {
    std::string out;
    for (const char c : text) {
        if (c == '"' || c == '\\') out += '\\';
        if (static_cast<unsigned char>(c) >= 0x20) out += c;
    }
    return out;
}

}  // namespace

std::string_view command_name(Command command) { return row_of(command).name; }

std::string command_text(const Question& question, std::uint64_t id) {
    const Row& row = row_of(question.command);
    std::string text = fmt::format(R"({{"execute":"{}","id":{})", row.name, id);
    if (!row.arguments.empty()) {
        text += R"(,"arguments":)";
        text += fmt::format(fmt::runtime(row.arguments), json_escaped(question.path), question.seconds);
    }
    text += "}\n";
    return text;
}

}  // namespace virtscope::qemu
