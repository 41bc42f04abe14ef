#include "tests/exporters/exposition.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <set>
#include <stdexcept>

#include <fmt/format.h>
#include <unistr.h>

namespace virtscope::exporters {
namespace {

[[noreturn]] void refuse(std::string_view why, std::string_view line) {
    throw std::runtime_error(fmt::format("{}: '{}'", why, line));
}

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

// Colons are for recording rules.
std::string take_name(std::string_view& rest, std::string_view line) {
    std::size_t end = 0;
    while (end < rest.size() && (is_letter(rest[end]) || (end > 0 && is_digit(rest[end])))) ++end;
    if (end == 0) refuse("no name", line);
    std::string name(rest.substr(0, end));
    rest.remove_prefix(end);
    return name;
}

void take(std::string_view& rest, std::string_view expected, std::string_view line) {
    if (!rest.starts_with(expected)) refuse(fmt::format("no '{}'", expected), line);
    rest.remove_prefix(expected.size());
}

std::string take_quoted(std::string_view& rest, std::string_view line) {
    take(rest, "\"", line);
    std::string text;
    while (!rest.empty() && rest.front() != '"') {
        char c = rest.front();
        rest.remove_prefix(1);
        if (c == '\\') {
            if (rest.empty()) refuse("unfinished escape", line);
            c = rest.front();
            rest.remove_prefix(1);
            if (c != '\\' && c != '"' && c != 'n') refuse("unknown escape", line);
            if (c == 'n') c = '\n';
        } else if (static_cast<unsigned char>(c) < ' ' || c == '\x7f') {
            refuse("control character", line);
        }
        text += c;
    }
    take(rest, "\"", line);
    return text;
}

std::map<std::string, std::string> take_labels(std::string_view& rest, std::string_view line) {
    std::map<std::string, std::string> labels;
    take(rest, "{", line);
    for (;;) {
        const std::string name = take_name(rest, line);
        take(rest, "=", line);
        const std::string value = take_quoted(rest, line);
        if (value.size() > longest_name) refuse("label too long", line);
        if (!labels.emplace(name, value).second) refuse("label twice", line);
        if (rest.starts_with("}")) break;
        take(rest, ",", line);
    }
    rest.remove_prefix(1);
    return labels;
}

Sample parse_sample(std::string_view line) {
    Sample sample;
    std::string_view rest = line;
    sample.name = take_name(rest, line);
    if (rest.starts_with("{")) sample.labels = take_labels(rest, line);
    take(rest, " ", line);
    sample.value = rest;
    double value = 0;
    const auto parsed = std::from_chars(rest.data(), rest.data() + rest.size(), value);
    if (parsed.ec != std::errc{} || parsed.ptr != rest.data() + rest.size() || !std::isfinite(value))
        refuse("no number", line);
    return sample;
}

}  // namespace

class ExpositionParser {
public:
    ExpositionParser(std::string_view page, Format format) : page_(page), openmetrics_(format == Format::openmetrics) {}

    Exposition parse() {
        if (u8_check(reinterpret_cast<const std::uint8_t*>(page_.data()), page_.size()) != nullptr)
            refuse("no UTF-8", "");
        if (!page_.ends_with('\n')) refuse("no end of line", "");
        bool ended = false;
        while (!page_.empty()) {
            const std::size_t end = page_.find('\n');
            const std::string_view line = page_.substr(0, end);
            page_.remove_prefix(end + 1);
            if (ended) refuse("more after the end", line);
            ended = openmetrics_ && line == "# EOF";
            if (!ended) take_line(line);
        }
        if (openmetrics_ && !ended) refuse("no # EOF", "");
        check_last();
        return std::move(read_);
    }

private:
    void take_line(std::string_view line) {
        if (line.empty()) refuse("empty line", line);
        if (line.front() == '#') return take_head(line);
        Sample sample = parse_sample(line);
        if (read_.families_.empty()) refuse("sample without a family", line);
        FamilyRead& family = read_.families_.back();
        if (sample.name != sample_name(family)) refuse("sample of another family", line);
        std::string key = sample.name;
        for (const auto& [name, value] : sample.labels) key += fmt::format("\x01{}\x01{}", name, value);
        if (!series_.insert(key).second) refuse("series twice", line);
        if (family.type == "stateset" && !sample.labels.contains(family.name)) refuse("state without its label", line);
        if ((family.type == "stateset" || family.type == "info") && sample.value != "1" && sample.value != "0") {
            refuse("no 0 or 1", line);
        }
        if (family.type == "counter" && sample.value.starts_with('-')) refuse("negative counter", line);
        family.samples.push_back(std::move(sample));
    }

    std::string sample_name(const FamilyRead& family) const {
        if (!openmetrics_) return family.name;
        if (family.type == "counter") return family.name + "_total";
        return family.type == "info" ? family.name + "_info" : family.name;
    }

    void take_head(std::string_view line) {
        std::string_view rest = line;
        take(rest, "# ", line);
        const std::size_t blank = std::min(rest.find(' '), rest.size());
        const std::string_view what = rest.substr(0, blank);
        rest.remove_prefix(blank);
        take(rest, " ", line);
        const std::string name = take_name(rest, line);
        take(rest, " ", line);
        const bool first = what == (openmetrics_ ? "TYPE" : "HELP");
        if (first) begin(name, line);
        FamilyRead& family = read_.families_.back();
        if (family.name != name || !family.samples.empty()) refuse("head apart from its family", line);
        if (what == "TYPE") {
            set(family.type, rest, line);
        } else if (what == "HELP") {
            set(family.help, rest, line);
        } else if (what == "UNIT" && openmetrics_) {
            set(family.unit, rest, line);
            if (!family.name.ends_with("_" + family.unit)) refuse("unit is no suffix", line);
            if (!family.help.empty()) refuse("unit after help", line);
        } else {
            refuse("unknown comment", line);
        }
        check_type(family, line);
    }

    void check_type(const FamilyRead& family, std::string_view line) const {
        static const std::set<std::string> classic{"", "counter", "gauge"};
        static const std::set<std::string> open{"counter", "gauge", "info", "stateset"};
        if (!(openmetrics_ ? open : classic).contains(family.type)) refuse("type", line);
        if (!openmetrics_ && family.type == "counter" && !family.name.ends_with("_total"))
            refuse("counter's name", line);
        if (openmetrics_ && family.type == "counter" && family.name.ends_with("_total")) refuse("family's name", line);
        if (family.type == "gauge" && family.name.ends_with("_total")) refuse("gauge's name", line);
    }

    static void set(std::string& into, std::string_view text, std::string_view line) {
        if (!into.empty() || text.empty()) refuse("twice or empty", line);
        into = text;
    }

    void begin(const std::string& name, std::string_view line) {
        check_last();
        if (!names_.insert(name).second) refuse("family twice", line);
        read_.families_.push_back({.name = name, .type = {}, .unit = {}, .help = {}, .samples = {}});
    }

    void check_last() const {
        if (read_.families_.empty()) return;
        const FamilyRead& family = read_.families_.back();
        if (family.type.empty() || family.help.empty() || family.samples.empty())
            refuse("unfinished family", family.name);
    }

    std::string_view page_;
    bool openmetrics_;
    Exposition read_;
    std::set<std::string> names_, series_;
};

Exposition Exposition::parse(std::string_view page, Format format) { return ExpositionParser(page, format).parse(); }

const FamilyRead* Exposition::family(std::string_view name) const {
    const auto found = std::ranges::find(families_, name, &FamilyRead::name);
    return found == families_.end() ? nullptr : &*found;
}

std::string Exposition::value(std::string_view name, const std::map<std::string, std::string>& labels) const {
    std::string found;
    for (const FamilyRead& family : families_) {
        for (const Sample& sample : family.samples) {
            const bool meant = sample.name == name && std::ranges::all_of(labels, [&](const auto& label) {
                                   const auto there = sample.labels.find(label.first);
                                   return there != sample.labels.end() && there->second == label.second;
                               });
            if (!meant) continue;
            if (!found.empty()) throw std::runtime_error("more than one sample: " + std::string(name));
            found = sample.value;
        }
    }
    return found;
}

std::size_t Exposition::count(std::string_view name) const {
    std::size_t count = 0;
    for (const FamilyRead& family : families_) {
        count += static_cast<std::size_t>(std::ranges::count(family.samples, name, &Sample::name));
    }
    return count;
}

std::size_t Exposition::samples() const {
    std::size_t count = 0;
    for (const FamilyRead& family : families_) count += family.samples.size();
    return count;
}

std::map<std::string, std::string> parse_labels(std::string_view text) {
    std::string_view rest = text;
    auto labels = take_labels(rest, text);
    take(rest, " ", text);
    if (!rest.empty()) refuse("more", text);
    return labels;
}

}  // namespace virtscope::exporters
