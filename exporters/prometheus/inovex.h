// --compat inovex: the names that dashboards of prometheus-libvirt-exporter ask for, beside the native ones.
//
// Guests are told apart by name there. Where two have the same name the second goes by its UUID: one page never has two
// samples of the same labels.
#pragma once

#include <string>
#include <vector>

#include "core/frame.h"
#include "exporters/base/census.h"
#include "exporters/prometheus/label_texts.h"
#include "exporters/prometheus/page_writer.h"

namespace virtscope::exporters {

class InovexTexts {
public:
    explicit InovexTexts(const Census& census);

    const LabelTexts& labels() const { return labels_; }
    // The label domain of a guest that is exported.
    const std::string& domain(std::uint32_t guest) const { return domains_[guest]; }

private:
    std::vector<std::string> domains_;  // by guest
    LabelTexts labels_;
};

void write_inovex(const PageWriter& writer, const Frame& frame, const Census& census, const InovexTexts& texts);
// Without anything to say of guests: the agent is silent.
void write_inovex_down(const PageWriter& writer);

}  // namespace virtscope::exporters
