#include "collectors/process_text.h"

#include "collectors/scan.h"

namespace virtscope {
namespace {

bool skip_words(std::string_view& text, int count) {
    for (int i = 0; i < count; ++i) {
        if (!skip_word(text)) return false;
    }
    return true;
}

bool take(std::string_view& text, std::uint64_t& value) {
    const auto number = take_number(text);
    if (number) value = *number;
    return number.has_value();
}

// The fields after the name, from the third on; empty if the text is cut.
std::string_view fields_of_stat(std::string_view text) {
    const std::size_t bracket = text.rfind(')');
    if (bracket == std::string_view::npos || text.back() != '\n') return {};
    return text.substr(bracket + 1);
}

}  // namespace

// 8570 (qemu-system-x86) S 1 8568 8568 0 -1 138412480 2730 0 0 0 1 1 0 0 20 0 6 0 179629 390479872 5102 …
// The name may hold anything, brackets and line ends too, but is at most 15 characters (63 for a kernel
// thread): too short to look like the 22 fields that must follow it. So the last bracket ends it.
std::optional<ProcessStat> parse_process_stat(std::string_view text) {
    text = fields_of_stat(text);
    ProcessStat stat;
    if (text.size() < 3 || text[0] != ' ' || text[2] != ' ') return std::nullopt;
    stat.state = text[1];
    text.remove_prefix(2);
    const bool complete = skip_words(text, 6) && take(text, stat.minor_faults) &&                         // 4-9, 10
                          skip_words(text, 1) && take(text, stat.major_faults) && skip_words(text, 1) &&  // 11-13
                          take(text, stat.user_ticks) && take(text, stat.system_ticks) &&                 // 14, 15
                          skip_words(text, 8) && take(text, stat.resident_pages);                         // 16-23, 24
    if (!complete) return std::nullopt;
    return stat;
}

std::optional<ThreadStat> parse_thread_stat(std::string_view text) {
    text = fields_of_stat(text);
    ThreadStat stat;
    const bool complete = skip_words(text, 36) && take(text, stat.cpu) &&       // 3-38, 39
                          skip_words(text, 3) && take(text, stat.guest_ticks);  // 40-42, 43
    if (!complete) return std::nullopt;
    return stat;
}

// HugetlbPages:	       0 kB
std::optional<std::uint64_t> parse_huge_pages(std::string_view status) {
    if (auto line = line_after(status, "HugetlbPages:")) return times(take_number(*line), 1024);
    // The last line of the file: with it, nothing was cut off.
    if (line_after(status, "nonvoluntary_ctxt_switches:")) return 0;
    return std::nullopt;
}

}  // namespace virtscope
