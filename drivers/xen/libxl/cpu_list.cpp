#include "drivers/xen/libxl/cpu_list.h"

#include <charconv>
#include <optional>
#include <set>

#include "core/text.h"

namespace virtscope::libxl {
namespace {

constexpr unsigned most_cpus = 4096;

struct Range {
    unsigned first = 0, last = 0;
};

std::optional<unsigned> number(std::string_view text) {
    unsigned value = 0;
    const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (code != std::errc() || end != text.data() + text.size() || value >= most_cpus) return std::nullopt;
    return value;
}

std::optional<Range> range(std::string_view text) {
    const std::size_t dash = text.find('-');
    const auto first = number(text.substr(0, dash));
    const auto last = dash == std::string_view::npos ? first : number(text.substr(dash + 1));
    if (!first || !last || *last < *first) return std::nullopt;
    return Range{*first, *last};
}

}  // namespace

Result<std::vector<unsigned>> read_cpu_list(std::string_view text) {
    if (text == "all") return std::vector<unsigned>();
    std::set<unsigned> with, without;
    for (std::string_view rest = text;;) {
        const std::size_t comma = rest.find(',');
        std::string_view item = rest.substr(0, comma);
        const bool excludes = item.starts_with('^');
        if (excludes) item.remove_prefix(1);
        const auto cpus = range(item);
        if (!cpus) return fail(ErrorKind::malformed, "\"{}\" is not like 0-3,5,^2 or all", printable(text, 64));
        for (unsigned cpu = cpus->first; cpu <= cpus->last; ++cpu) (excludes ? without : with).insert(cpu);
        if (comma == std::string_view::npos) break;
        rest.remove_prefix(comma + 1);
    }
    for (const unsigned cpu : without) with.erase(cpu);
    if (with.empty()) return fail(ErrorKind::malformed, "\"{}\" leaves no CPU", printable(text, 64));
    return std::vector<unsigned>(with.begin(), with.end());
}

}  // namespace virtscope::libxl
