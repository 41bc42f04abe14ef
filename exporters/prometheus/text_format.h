// The two text formats that Prometheus reads: the classic one, 0.0.4, and OpenMetrics 1.0.
//
//     # TYPE virt_disk_read_bytes counter
//     # UNIT virt_disk_read_bytes bytes
//     # HELP virt_disk_read_bytes Bytes read
//     virt_disk_read_bytes_total{uuid="…",guest="web01",disk="vda"} 4096
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "exporters/base/census.h"
#include "exporters/prometheus/buffer.h"

namespace virtscope::exporters {

enum class Format { classic, openmetrics };

// For the Content-Type header.
std::string_view content_type(Format format);

enum class Type { counter, gauge, info, stateset };

struct Heading {
    std::string_view family;  // as OpenMetrics has it
    std::string_view name;    // as samples have it: family, or family_total or family_info
    Type type;
    std::string_view unit;  // which `family` ends with; empty: none
    std::string_view help;
};

// `{uuid="…",guest="…"} ` as it stands between a sample's name and its value, escaped; a blank where there are no
// labels.
void append_labels(std::string& out, std::span<const Label> labels);

// A family: its head, once, before its first sample; nothing at all where there is no sample.
class FamilyWriter {
public:
    FamilyWriter(Buffer& page, Format format, const Heading& heading)
        : page_(page), format_(format), heading_(heading) {}

    // `labels`: as append_labels() made them. The value is cell / divisor.
    void sample(std::string_view labels, std::uint64_t cell, std::uint64_t divisor);
    void sample(std::string_view labels, double value);
    // One state of a StateSet; `label` is the set's own name, which labels its states.
    void state(std::string_view labels, std::string_view label, std::string_view state, bool is_it);

private:
    void begin();
    char* put_name(std::string_view labels, std::size_t more);

    Buffer& page_;
    Format format_;
    const Heading& heading_;
    bool begun_ = false;
};

// What ends a page.
void append_end(Buffer& page, Format format);

}  // namespace virtscope::exporters
