#include "plugins/answer/perfdata.h"

#include <cmath>

#include <fmt/format.h>

#include "core/text.h"

namespace virtscope::checks {
namespace {

constexpr std::size_t longest_label = 19;  // RRD data source names
constexpr std::size_t head_of_long = 12;   // leaves room for '~' and six digits

constexpr std::string_view letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
bool is_plain(char c) { return letters.find(c) != std::string_view::npos || c == '_' || c == '-' || c == '.'; }

// What no label may hold, whatever its quotes: it ends labels, fields or the perfdata as a whole.
bool is_trouble(char c) { return std::string_view("'=|;`$\"\\?").find(c) != std::string_view::npos; }

std::string clean(std::string_view name) {
    std::string out = printable(name);
    for (char& c : out) {
        if (is_trouble(c)) c = '_';
    }
    return out;
}

std::string quoted(const std::string& label) {
    for (const char c : label) {
        if (!is_plain(c)) return fmt::format("'{}'", label);
    }
    return label;
}

constexpr std::uint64_t golden = 0x9e3779b97f4a7c15ULL;

// FNV-1a: labels must stay the same over versions, which std::hash does not promise.
std::uint64_t hash_of(std::string_view text) {
    std::uint64_t hash = 0xcbf29ce484222325ULL;
    for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3ULL;
    return hash;
}

std::string range_text(const std::optional<Range>& range) { return range ? range->text : ""; }

}  // namespace

std::string perf_text(const Perf& perf) {
    const bool known = perf.value && std::isfinite(*perf.value);
    const Thresholds none;
    const Thresholds& thresholds = perf.thresholds != nullptr ? *perf.thresholds : none;
    std::string text = fmt::format("{}={}{};{};{};{};{}", quoted(perf.label), known ? perf_number(*perf.value) : "U",
                                   known ? perf.unit : "", range_text(thresholds.warning),
                                   range_text(thresholds.critical), perf.minimum ? perf_number(*perf.minimum) : "",
                                   perf.maximum ? perf_number(*perf.maximum) : "");
    text.erase(text.find_last_not_of(';') + 1);
    return text;
}

std::string Labels::fixed(std::string_view label) {
    used_.emplace(label);
    return std::string(label);
}

std::string Labels::shortened(std::string_view text, std::uint64_t identity) {
    std::string label = clean(text);
    // '~' marks a shortened label: a guest that really is called so must not be mistaken for one.
    const bool as_it_is = !label.empty() && label == text && label.size() <= longest_label &&
                          label.find('~') == std::string::npos;
    if (as_it_is && used_.insert(label).second) return label;
    const std::string head = printable(label, head_of_long);
    for (std::uint64_t salt = 0;; ++salt) {
        const std::uint64_t hash = (identity + salt) * golden;
        label = fmt::format("{}~{:06x}", head, hash >> 40);
        if (used_.insert(label).second) return label;
    }
}

std::string Labels::of_guest(std::string_view name, const Uuid& uuid, std::string_view what) {
    const std::uint64_t identity = UuidHash{}(uuid);
    if (what.empty()) return shortened(name, identity);
    return shortened(fmt::format("{}_{}", name, what), identity ^ hash_of(what));
}

std::string Labels::of_device(std::string_view device, std::string_view what) {
    const std::string text = fmt::format("{}_{}", device, what);
    return shortened(text, hash_of(text));
}

}  // namespace virtscope::checks
