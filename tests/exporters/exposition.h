// A strict parser of what Prometheus is sent: the classic text format 0.0.4 and OpenMetrics 1.0. What any rule of
// theirs forbids is an error here, also what Prometheus itself would let pass.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "exporters/prometheus/text_format.h"

namespace virtscope::exporters {

struct Sample {
    std::string name;
    std::map<std::string, std::string> labels;
    std::string value;  // as it stands there
};

struct FamilyRead {
    std::string name, type, unit, help;
    std::vector<Sample> samples;
};

class Exposition {
public:
    // Throws std::runtime_error with line and reason.
    static Exposition parse(std::string_view page, Format format);

    const std::vector<FamilyRead>& families() const { return families_; }
    const FamilyRead* family(std::string_view name) const;
    // The value of the one sample with that name whose labels hold these; empty if there is none. Throws if there are
    // more.
    std::string value(std::string_view name, const std::map<std::string, std::string>& labels = {}) const;
    std::size_t count(std::string_view name) const;
    std::size_t samples() const;

private:
    friend class ExpositionParser;
    std::vector<FamilyRead> families_;
};

// "…{a="b"}" without a value: the labels of one line, for tests of escaping.
std::map<std::string, std::string> parse_labels(std::string_view text);

}  // namespace virtscope::exporters
