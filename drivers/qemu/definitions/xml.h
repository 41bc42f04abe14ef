// Xml: a small document of somebody else's, read into plain elements.
//
// The text is hostile. Documents with a DOCTYPE are refused, so there are no entities but XML's own five, nothing is
// fetched, nothing included, and size, depth and number of elements are bounded. Comments and processing instructions
// are left out. Element names are without their namespace's prefix; attributes of another namespace keep theirs.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/result.h"

namespace virtscope::qemu {

inline constexpr std::size_t xml_most_bytes = std::size_t{4} << 20;
inline constexpr std::size_t xml_most_depth = 64;
inline constexpr std::size_t xml_most_elements = 20'000;

struct Element {
    std::string name;
    int line = 0;
    std::vector<std::pair<std::string, std::string>> attributes;
    std::string text;  // its own, without that of elements inside, blanks at both ends cut off
    std::vector<Element> children;

    // Null, or the empty text: there is none.
    const Element* child(std::string_view child_name) const;
    const std::string* attribute(std::string_view attribute_name) const;
    std::string_view value(std::string_view attribute_name) const;
    std::string_view text_of(std::string_view child_name) const;
};

// Errors: malformed, with the line.
Result<Element> read_xml(std::string_view text);

// `text` as content or attribute of an XML document.
std::string xml_escaped(std::string_view text);

// The element as a document, two blanks per level; reading it again gives the same elements.
std::string write_xml(const Element& element, std::size_t indent = 0);

}  // namespace virtscope::qemu
