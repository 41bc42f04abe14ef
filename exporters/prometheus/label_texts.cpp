#include "exporters/prometheus/label_texts.h"

#include "exporters/prometheus/text_format.h"

namespace virtscope::exporters {

LabelTexts::LabelTexts(const Census& census, std::span<const Scope> scopes, const LabelsOf& labels_of) {
    for (const Scope scope : scopes) {
        PerScope& texts = scopes_[static_cast<std::size_t>(scope)];
        texts.ends.reserve(census.rows(scope).size());
        for (const std::uint32_t row : census.rows(scope)) {
            append_labels(texts.all, labels_of(scope, row).all());
            texts.ends.push_back(static_cast<std::uint32_t>(texts.all.size()));
        }
        texts.all.shrink_to_fit();
    }
}

}  // namespace virtscope::exporters
