// LabelTexts: the labels of every row as they stand in a page, made once a roster: what is left to do for each sample
// of each page is to copy them.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "exporters/base/census.h"

namespace virtscope::exporters {

class LabelTexts {
public:
    // Which labels a row has.
    using LabelsOf = std::function<Labels(Scope, std::uint32_t row)>;
    LabelTexts(const Census& census, std::span<const Scope> scopes, const LabelsOf& labels_of);

    // Of the i-th exported row of the scope (Census::rows); as append_labels() makes them.
    std::string_view at(Scope scope, std::size_t i) const {
        const PerScope& texts = scopes_[static_cast<std::size_t>(scope)];
        const std::uint32_t from = i == 0 ? 0 : texts.ends[i - 1];
        return std::string_view(texts.all).substr(from, texts.ends[i] - from);
    }

private:
    struct PerScope {
        std::string all;
        std::vector<std::uint32_t> ends;
    };
    std::array<PerScope, scope_count> scopes_;
};

}  // namespace virtscope::exporters
