#include "exporters/collectd/extra.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <utility>

#include "core/text.h"
#include "exporters/collectd/words.h"

namespace virtscope::exporters::collectd {
namespace {

constexpr std::array<std::pair<std::string_view, Extra>, 18> selectors{{
    {"cpu_util", Extra::cpu_util},
    {"disk", Extra::disk},
    {"disk_allocation", Extra::disk_allocation},
    {"disk_capacity", Extra::disk_capacity},
    {"disk_physical", Extra::disk_physical},
    {"domain_state", Extra::domain_state},
    {"memory", Extra::memory},
    {"pcpu", Extra::pcpu},
    {"vcpu", Extra::vcpu},
    {"age", Extra::age},
    {"cpu_parts", Extra::cpu_parts},
    {"disk_failed", Extra::disk_failed},
    {"disk_in_flight", Extra::disk_in_flight},
    {"disk_latency", Extra::disk_latency},
    {"exits", Extra::exits},
    {"exporter", Extra::exporter},
    {"steal", Extra::steal},
    {"uptime", Extra::uptime},
}};

// Of virt; only libvirt knows them.
constexpr std::array<std::string_view, 6> elsewhere{"disk_err", "fs_info", "job_stats_background",
                                                    "job_stats_completed", "perf", "vcpupin"};

std::optional<Extra> selector(std::string_view word) {
    const auto found = std::ranges::find_if(selectors, [&](const auto& known) { return same_word(known.first, word); });
    if (found == selectors.end()) return std::nullopt;
    return found->second;
}

std::string known_words() {
    std::string text = "all";
    for (const auto& [word, extra] : selectors) text.append(", ").append(word);
    return text;
}

}  // namespace

Extras Extras::all() {
    Extras extras;
    extras.set_.set();
    return extras;
}

Result<ParsedExtras> parse_extras(std::string_view words) {
    ParsedExtras parsed;
    for (const std::string_view word : words_of(words)) {
        if (same_word(word, "all")) {
            parsed.extras = Extras::all();
        } else if (const auto extra = selector(word)) {
            parsed.extras.add(*extra);
        } else if (const auto* const other = std::ranges::find_if(
                       elsewhere, [&](std::string_view known) { return same_word(known, word); });
                   other != elsewhere.end()) {
            parsed.lacking.push_back(*other);
        } else {
            return fail(ErrorKind::malformed, "'{}' is no selector; there are {}", printable(word, 40), known_words());
        }
    }
    return parsed;
}

}  // namespace virtscope::exporters::collectd
