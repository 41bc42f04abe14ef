#include "exporters/prometheus/text_format.h"

#include <cstring>

#include <fmt/format.h>

#include "exporters/base/names.h"

namespace virtscope::exporters {
namespace {

std::string_view type_name(Type type, Format format) {
    switch (type) {
        case Type::counter: return "counter";
        case Type::gauge: return "gauge";
        case Type::info: return format == Format::classic ? "gauge" : "info";
        case Type::stateset: return format == Format::classic ? "gauge" : "stateset";
    }
    return "unknown";
}

void append_escaped(std::string& out, std::string_view text, bool quotes) {
    for (const char c : text) {
        if (c == '\\') {
            out += "\\\\";
        } else if (c == '\n') {
            out += "\\n";
        } else if (c == '"' && quotes) {
            out += "\\\"";
        } else {
            out += c;
        }
    }
}

std::string head_of(const Heading& heading, Format format) {
    std::string help;
    append_escaped(help, heading.help, format == Format::openmetrics);
    const std::string_view type = type_name(heading.type, format);
    if (format == Format::classic) return fmt::format("# HELP {0} {1}\n# TYPE {0} {2}\n", heading.name, help, type);
    std::string head = fmt::format("# TYPE {} {}\n", heading.family, type);
    if (!heading.unit.empty()) head += fmt::format("# UNIT {} {}\n", heading.family, heading.unit);
    return head + fmt::format("# HELP {} {}\n", heading.family, help);
}

char* put(char* to, std::string_view text) {
    std::memcpy(to, text.data(), text.size());
    return to + text.size();
}

}  // namespace

std::string_view content_type(Format format) {
    return format == Format::classic ? "text/plain; version=0.0.4; charset=utf-8"
                                     : "application/openmetrics-text; version=1.0.0; charset=utf-8";
}

void append_labels(std::string& out, std::span<const Label> labels) {
    char before = '{';
    for (const Label& label : labels) {
        out += before;
        out += label.name;
        out += "=\"";
        append_escaped(out, label.value, true);
        out += '"';
        before = ',';
    }
    out += labels.empty() ? " " : "} ";
}

void FamilyWriter::begin() {
    begun_ = true;
    page_.append(head_of(heading_, format_));
}

char* FamilyWriter::put_name(std::string_view labels, std::size_t more) {
    if (!begun_) begin();
    char* const to = page_.room(heading_.name.size() + labels.size() + more);
    return put(put(to, heading_.name), labels);
}

void FamilyWriter::sample(std::string_view labels, std::uint64_t cell, std::uint64_t divisor) {
    char* end = put_decimal(put_name(labels, longest_decimal + 1), cell, divisor);
    *end++ = '\n';
    page_.used(end);
}

void FamilyWriter::sample(std::string_view labels, double value) {
    page_.used(put_name(labels, 0));
    page_.append(fmt::format("{}\n", value));
}

void FamilyWriter::state(std::string_view labels, std::string_view label, std::string_view state, bool is_it) {
    const bool alone = labels == " ";
    if (!alone) labels.remove_suffix(2);
    char* end = put_name(alone ? "" : labels, label.size() + state.size() + 16);
    *end++ = alone ? '{' : ',';
    end = put(put(put(end, label), "=\""), state);
    page_.used(put(end, is_it ? "\"} 1\n" : "\"} 0\n"));
}

void append_end(Buffer& page, Format format) {
    if (format == Format::openmetrics) page.append("# EOF\n");
}

}  // namespace virtscope::exporters
