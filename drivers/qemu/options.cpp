#include "drivers/qemu/options.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <simdjson.h>

namespace virtscope::qemu {
namespace {

using Pairs = std::vector<std::pair<std::string, std::string>>;

constexpr std::size_t max_pairs = 256;
constexpr int max_depth = 8;

std::string text_of(const simdjson::dom::element& value) {
    if (value.is_string()) return std::string(std::string_view(value));
    return simdjson::minify(value);
}

void flatten(const simdjson::dom::object& object, const std::string& prefix, int depth, Pairs& out) {
    for (const auto [key, value] : object) {
        if (out.size() >= max_pairs) return;
        const std::string name = prefix + std::string(key);
        if (value.is_object() && depth < max_depth) {
            flatten(simdjson::dom::object(value), name + ".", depth + 1, out);
        } else {
            out.emplace_back(name, text_of(value));
        }
    }
}

// False: it is no JSON, and means nothing to QEMU either.
bool parse_json(std::string_view text, Pairs& out) {
    simdjson::dom::parser parser;
    simdjson::dom::object object;
    if (parser.parse(text.data(), text.size()).get_object().get(object) != simdjson::SUCCESS) return false;
    flatten(object, {}, 0, out);
    return true;
}

// One element up to a single comma, doubled commas made single; `at` moves behind it.
std::string next_element(std::string_view text, std::size_t& at) {
    std::string element;
    while (at < text.size()) {
        const char c = text[at++];
        if (c == ',') {
            if (at >= text.size() || text[at] != ',') break;
            ++at;
        }
        element += c;
    }
    return element;
}

bool is_word(std::string_view value, std::initializer_list<std::string_view> words) {
    return std::ranges::find(words, value) != words.end();
}

}  // namespace

Options Options::parse(std::string_view text, std::string_view implied) {
    Options options;
    if (text.starts_with('{') && parse_json(text, options.pairs_)) return options;
    std::size_t at = 0;
    bool first = true;
    while (at < text.size() && options.pairs_.size() < max_pairs) {
        const std::string element = next_element(text, at);
        const std::size_t equals = element.find('=');
        if (equals != std::string::npos) {
            options.pairs_.emplace_back(element.substr(0, equals), element.substr(equals + 1));
        } else if (first && !implied.empty()) {
            options.pairs_.emplace_back(implied, element);
        } else if (element.starts_with("no") && element != "no") {
            options.pairs_.emplace_back(element.substr(2), "off");
        } else {
            options.pairs_.emplace_back(element, "on");
        }
        first = false;
    }
    return options;
}

std::string_view Options::get(std::string_view key) const {
    for (auto it = pairs_.rbegin(); it != pairs_.rend(); ++it) {
        if (it->first == key) return it->second;
    }
    return {};
}

bool Options::has(std::string_view key) const {
    return std::ranges::any_of(pairs_, [key](const auto& pair) { return pair.first == key; });
}

bool Options::flag(std::string_view key, bool otherwise) const {
    const std::string_view value = get(key);
    if (is_word(value, {"on", "yes", "true", "1"})) return true;
    if (is_word(value, {"off", "no", "false", "0"})) return false;
    return otherwise;
}

std::uint64_t parse_size(std::string_view text, std::uint64_t unit) {
    const std::string number(text.substr(0, 32));
    char* end = nullptr;
    const double value = std::strtod(number.c_str(), &end);
    if (end == number.c_str() || !std::isfinite(value) || value < 0) return 0;
    constexpr std::string_view units = "bkmgtpe";
    double scale = static_cast<double>(unit);
    if (*end != '\0') {
        const char letter = static_cast<char>(*end | 0x20);
        const std::size_t power = units.find(letter);
        if (power == std::string_view::npos || end[1] != '\0') return 0;
        scale = std::pow(1024.0, static_cast<double>(power));
    }
    const double bytes = value * scale;
    return bytes < 9e18 ? static_cast<std::uint64_t>(bytes) : 0;
}

}  // namespace virtscope::qemu
