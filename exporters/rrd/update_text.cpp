#include "exporters/rrd/update_text.h"

#include <algorithm>
#include <charconv>

namespace virtscope::exporters::rrd {
namespace {

// ":12:U:3" -> "12", "U", "3"
std::vector<std::string_view> fields_of(std::string_view text) {
    std::vector<std::string_view> fields;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find(':', 1), text.size());
        fields.push_back(text.substr(1, end - 1));
        text.remove_prefix(end);
    }
    return fields;
}

}  // namespace

std::int64_t seconds_of(std::string_view update) {
    std::int64_t time = 0;
    std::from_chars(update.data(), update.data() + update.size(), time);
    return time;
}

std::string ordered(std::string_view text, const std::vector<std::size_t>& order) {
    const auto fields = fields_of(text);
    std::string out;
    for (const std::size_t source : order) {
        out += ':';
        out += source < fields.size() ? fields[source] : "U";
    }
    return out;
}

std::string without_counters(std::string_view text, const FileType& type, const std::vector<std::size_t>& order) {
    auto fields = fields_of(text);
    for (std::size_t s = 0; s < fields.size(); ++s) {
        if (type.sources[s].merge == Merge::derive) fields[s] = "U";
    }
    std::string out;
    for (const std::string_view field : fields) (out += ':') += field;
    return order.empty() ? out : ordered(out, order);
}

}  // namespace virtscope::exporters::rrd
