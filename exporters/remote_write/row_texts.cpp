#include "exporters/remote_write/row_texts.h"

#include "exporters/base/infos.h"
#include "exporters/remote_write/wire.h"

namespace virtscope::exporters::remote_write {
namespace {

std::vector<Label> labels_of(const Census& census, Scope scope, std::uint32_t row) {
    const Labels labels = census.labels(scope, row);
    return {labels.all().begin(), labels.all().end()};
}

}  // namespace

RowTexts::RowTexts(const Census& census, const Filter& filter, const External& external) {
    for (std::size_t s = 0; s < scope_count; ++s) {
        const auto scope = static_cast<Scope>(s);
        PerScope& texts = scopes_.at(s);
        texts.places.reserve(census.rows(scope).size());
        for (const std::uint32_t row : census.rows(scope)) {
            const Sorted sorted = encode_sorted(labels_of(census, scope, row), external);
            const auto begin = static_cast<std::uint32_t>(texts.all.size());
            texts.all += sorted.text;
            texts.places.push_back({begin, begin + static_cast<std::uint32_t>(sorted.split),
                                    static_cast<std::uint32_t>(texts.all.size())});
        }
        texts.all.shrink_to_fit();
    }
    take_infos(census, filter, external);
}

void RowTexts::take_infos(const Census& census, const Filter& filter, const External& external) {
    for (const InfoFamily& family : info_families()) {
        const std::string name = std::string(family.family) + "_info";
        if (!filter.allows_metric(name)) continue;
        std::string encoded_name;
        append_label(encoded_name, "__name__", name);
        for (const std::uint32_t row : census.rows(family.scope)) {
            const auto said = family.describe(*census.roster(), row);
            if (said.empty()) continue;
            auto labels = labels_of(census, family.scope, row);
            for (const InfoLabel& label : said) labels.push_back({label.name, label.value});
            infos_.push_back(encoded_name + encode_sorted(std::move(labels), external).text);
        }
    }
}

RowText RowTexts::at(Scope scope, std::size_t i) const {
    const PerScope& texts = of(scope);
    const Place& place = texts.places[i];
    const std::string_view all = texts.all;
    return {all.substr(place.begin, place.split - place.begin), all.substr(place.split, place.end - place.split)};
}

std::string_view RowTexts::key(Scope scope, std::size_t i) const {
    const Place& place = of(scope).places[i];
    return std::string_view(of(scope).all).substr(place.begin, place.end - place.begin);
}

}  // namespace virtscope::exporters::remote_write
