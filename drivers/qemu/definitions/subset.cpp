#include "drivers/qemu/definitions/subset.h"

#include <algorithm>
#include <charconv>

#include "core/text.h"

namespace virtscope::qemu {
namespace {

constexpr std::string_view outside = "is not in the subset that virtscope understands; see docs/guest-xml.md";
constexpr std::string_view several[] = {"boot", "disk", "interface", "serial", "console", "graphics", "input", "drive"};

bool is_control(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }
bool is_word(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '_' ||
           c == '-';
}

}  // namespace

void Subset::refuse(const Element& at, ErrorKind kind, std::string why) {
    if (!fault_) fault_ = Error{kind, fmt::format("line {}: {}", at.line, why)};
}

void Subset::only(const Element& element, Names attributes, Names children) {
    asked_.insert(&element);
    for (const auto& [name, value] : element.attributes) {
        if (std::ranges::find(attributes, name) != attributes.end()) continue;
        refuse(element, ErrorKind::unsupported,
               fmt::format("{} of <{}> {}", printable(name, 64), printable(element.name, 64), outside));
    }
    for (const Element& child : element.children) {
        if (std::ranges::find(children, child.name) != children.end()) continue;
        refuse(child, ErrorKind::unsupported, fmt::format("<{}> {}", printable(child.name, 64), outside));
    }
    std::set<std::string_view> seen;
    for (const Element& child : element.children) {
        if (std::ranges::find(several, child.name) != std::end(several) || seen.insert(child.name).second) continue;
        refuse(child, ErrorKind::malformed, fmt::format("<{}> is there twice", printable(child.name, 64)));
    }
    if (!element.children.empty() && !element.text.empty()) {
        refuse(element, ErrorKind::malformed,
               fmt::format("text among the elements of <{}>", printable(element.name, 64)));
    }
}

void Subset::nothing_else(const Element& root) {
    if (!asked_.contains(&root)) only(root, {});
    for (const Element& child : root.children) nothing_else(child);
}

std::string Subset::one_of(const Element& at, std::string_view what, std::string_view value, Names known) {
    if (std::ranges::find(known, value) != known.end()) return std::string(value);
    refuse(at, ErrorKind::unsupported,
           fmt::format("{} \"{}\" of <{}>: virtscope knows {}", what, printable(value, 64), printable(at.name, 64),
                       fmt::join(known, ", ")));
    return {};
}

std::uint64_t Subset::number(const Element& at, std::string_view text, std::uint64_t least, std::uint64_t most) {
    std::uint64_t value = 0;
    const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (code == std::errc() && end == text.data() + text.size() && value >= least && value <= most) return value;
    refuse(at, ErrorKind::malformed,
           fmt::format("<{}>: \"{}\" is no number from {} to {}", printable(at.name, 64), printable(text, 64), least,
                       most));
    return least;
}

std::string Subset::path(const Element& at, std::string_view text) {
    if (text.starts_with('/') && text.size() < 4096 && std::ranges::none_of(text, is_control)) return std::string(text);
    refuse(at, ErrorKind::malformed,
           fmt::format("<{}>: \"{}\" is no absolute path", printable(at.name, 64), printable(text)));
    return {};
}

std::string Subset::word(const Element& at, std::string_view text, std::size_t most) {
    if (!text.empty() && text.size() <= most && std::ranges::all_of(text, is_word)) return std::string(text);
    refuse(at, ErrorKind::malformed,
           fmt::format("<{}>: \"{}\" must be of letters, digits and . _ -, at most {}", printable(at.name, 64),
                       printable(text, 64), most));
    return {};
}

}  // namespace virtscope::qemu
