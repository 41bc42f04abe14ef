#include "plugins/terms/thresholds.h"

#include <algorithm>

#include "core/text.h"

namespace virtscope::checks {
namespace {

std::string labels_of(std::span<const Measure> measures) {
    std::string names;
    for (const Measure& measure : measures) names += (names.empty() ? "" : ", ") + std::string(measure.label);
    return names;
}

const Measure* find(std::span<const Measure> measures, std::string_view label) {
    const auto found = std::ranges::find(measures, label, &Measure::label);
    return found == measures.end() ? nullptr : &*found;
}

// Presets are ours: they parse.
std::optional<Range> preset(std::string_view text, const Measure& measure) {
    if (text.empty()) return std::nullopt;
    return parse_range(text, measure.unit).value();
}

}  // namespace

Result<> ThresholdSet::take(std::span<const Measure> measures, std::string_view option, std::string_view text) {
    const std::size_t equals = text.find('=');
    const bool named = equals != std::string_view::npos;
    const std::string_view label = named ? text.substr(0, equals) : measures.front().label;
    const Measure* measure = find(measures, label);
    if (measure == nullptr) {
        return fail(ErrorKind::malformed, "{} {}: nothing here is called '{}': want RANGE or LABEL=RANGE with one of {}",
                    option, printable(text, 40), printable(label, 40), labels_of(measures));
    }
    auto range = parse_range(named ? text.substr(equals + 1) : text, measure->unit);
    if (!range) return fail(ErrorKind::malformed, "{} {}: {}", option, printable(text, 40), range.error().message);
    Thresholds& both = by_label_[std::string(label)];
    said_.emplace_back(label);
    (option == "--warning" ? both.warning : both.critical) = std::move(*range);
    return {};
}

Result<> ThresholdSet::add(std::span<const Measure> measures, std::string_view option,
                           const std::vector<std::string>& texts) {
    if (measures.empty() && !texts.empty()) return fail(ErrorKind::malformed, "{}: this mode has no thresholds", option);
    for (const std::string_view text : texts) {
        const auto said_before = static_cast<std::ptrdiff_t>(said_.size());
        std::size_t begin = 0;
        while (begin <= text.size()) {
            const std::size_t comma = std::min(text.find(',', begin), text.size());
            if (auto taken = take(measures, option, text.substr(begin, comma - begin)); !taken) return taken;
            begin = comma + 1;
            // Of one breath both cannot be meant: who writes 10,20 takes them for something else.
            if (std::count(said_.begin() + said_before, said_.end(), said_.back()) > 1) {
                return fail(ErrorKind::malformed, "{} {}: two ranges for {}: want one, others as LABEL=RANGE with one of {}", option,
                            printable(text, 40), said_.back(), labels_of(measures));
            }
        }
    }
    return {};
}

Result<ThresholdSet> ThresholdSet::parse(std::span<const Measure> measures, const std::vector<std::string>& warning,
                                         const std::vector<std::string>& critical) {
    ThresholdSet set;
    if (auto added = set.add(measures, "--warning", warning); !added) return std::unexpected(added.error());
    if (auto added = set.add(measures, "--critical", critical); !added) return std::unexpected(added.error());
    for (const Measure& measure : measures) {
        if (set.by_label_.contains(measure.label)) continue;
        set.by_label_[std::string(measure.label)] = {.warning = preset(measure.warning, measure),
                                                     .critical = preset(measure.critical, measure)};
    }
    return set;
}

const Thresholds& ThresholdSet::of(std::string_view label) const {
    static const Thresholds none;
    const auto found = by_label_.find(label);
    return found == by_label_.end() ? none : found->second;
}

}  // namespace virtscope::checks
