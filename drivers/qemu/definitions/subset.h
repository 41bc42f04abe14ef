// Subset: takes elements apart and refuses what nobody asked for. The first fault is kept, all later questions are
// answered with nothing, so that a reader is written straight down and looks for a fault at its end.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "core/result.h"
#include "drivers/qemu/definitions/xml.h"

namespace virtscope::qemu {

class Subset {
public:
    using Names = std::initializer_list<std::string_view>;

    // The element has these attributes and children and no others, no child twice but those that there are several of.
    void only(const Element& element, Names attributes, Names children = {});
    // `value`, which must be one of `known`; `what` names it in the message.
    std::string one_of(const Element& at, std::string_view what, std::string_view value, Names known);
    std::uint64_t number(const Element& at, std::string_view text, std::uint64_t least, std::uint64_t most);
    // A path: absolute, without control characters.
    std::string path(const Element& at, std::string_view text);
    // A word for QEMU: letters, digits and ._- only.
    std::string word(const Element& at, std::string_view text, std::size_t most);
    // Elements that nobody asked only() about are their text alone: attributes and children of theirs are refused.
    void nothing_else(const Element& root);
    void refuse(const Element& at, ErrorKind kind, std::string why);
    const std::optional<Error>& fault() const { return fault_; }

private:
    std::optional<Error> fault_;
    std::set<const Element*> asked_;
};

}  // namespace virtscope::qemu
