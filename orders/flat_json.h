// FlatJson: an object of strings, numbers and yes/no, one level below it allowed ("progress.done"). Parsed without
// building a tree: what nests deeper, repeats a name or holds anything else is refused, so the longest line costs
// no more than itself.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "core/result.h"

namespace virtscope::control {

class FlatJson {
public:
    // Errors: malformed, saying what is wrong; the text itself is hostile and not repeated but for names, made
    // printable.
    static Result<FlatJson> parse(std::string_view text);

    bool has(std::string_view name) const { return values_.contains(name); }

    // Each takes its field out; an absent one leaves `into` as it is. False: the field is of another kind.
    bool take(std::string_view name, std::string& into);
    bool take(std::string_view name, std::uint64_t& into);
    bool take(std::string_view name, bool& into);

    // A field that nobody took, made printable; none: all were known.
    std::optional<std::string> left_over() const;

private:
    friend class FlatReader;
    using Value = std::variant<std::string, std::uint64_t, bool>;
    template <class T>
    bool take_as(std::string_view name, T& into);
    std::map<std::string, Value, std::less<>> values_;
};

}  // namespace virtscope::control
