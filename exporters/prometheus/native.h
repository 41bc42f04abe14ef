// The page's native families: every metric of the catalogue, infos, and how good and how old each guest's values are.
#pragma once

#include "core/freshness.h"
#include "exporters/base/census.h"
#include "exporters/prometheus/label_texts.h"
#include "exporters/prometheus/page_writer.h"

namespace virtscope::exporters {

// What of the native families follows from the roster.
class NativeTexts {
public:
    explicit NativeTexts(const Census& census);

    const LabelTexts& labels() const { return labels_; }
    // Samples of info_families()[i], each a line's labels.
    const std::vector<std::string>& infos(std::size_t i) const { return infos_[i]; }

private:
    LabelTexts labels_;
    std::vector<std::vector<std::string>> infos_;
};

void write_native(const PageWriter& writer, const Frame& frame, const Census& census, const NativeTexts& texts,
                  const Now& now);

}  // namespace virtscope::exporters
