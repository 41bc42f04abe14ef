// PageWriter: the families of a page, each written where the filter lets its name through.
#pragma once

#include <string>
#include <string_view>

#include "exporters/base/filter.h"
#include "exporters/prometheus/text_format.h"

namespace virtscope::exporters {

struct PageWriter {
    Buffer& page;
    Format format;
    const Filter& filter;

    // `write` gets the family's writer.
    template <class Write>
    void family(const Heading& heading, Write write) const {
        if (!filter.allows_metric(std::string(heading.name))) return;
        FamilyWriter writer(page, format, heading);
        write(writer);
    }
    // A family of one sample without labels.
    void one(const Heading& heading, double value) const {
        family(heading, [value](FamilyWriter& writer) { writer.sample(" ", value); });
    }
};

}  // namespace virtscope::exporters
