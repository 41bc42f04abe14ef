#include "core/guest_pattern.h"

#include <algorithm>
#include <fnmatch.h>

#include "core/text.h"

namespace virtscope {
Result<GuestPattern> GuestPattern::parse(std::string_view text) {
    GuestPattern pattern;
    pattern.text_ = text;
    if (text.empty()) return fail(ErrorKind::malformed, "an empty name: want a name, a glob, /regex/ or a UUID");
    // A guest may be called "/": an expression has something between its slashes.
    if (text.size() > 2 && text.starts_with('/') && text.ends_with('/')) {
        const std::string expression(text.substr(1, text.size() - 2));
        auto regex = PosixRegex::compile(expression);
        if (!regex) {
            return fail(ErrorKind::malformed, "'/{}/' is no regular expression: {}", printable(expression, 80),
                        regex.error().message);
        }
        pattern.regex_ = std::move(*regex);
    } else {
        pattern.glob_ = text.find_first_of("*?[") != std::string_view::npos;
        pattern.uuid_ = Uuid::parse(text);
    }
    return pattern;
}

bool GuestPattern::means(const RosterGuest& guest) const {
    // Guests choose their names: one that took another's UUID for its name must not answer for that guest.
    if (uuid_) return guest.uuid == *uuid_;
    // The exact name first: a guest may well be called "web[1]".
    if (guest.name == text_) return true;
    if (regex_) return regex_->found_in(guest.name);
    return glob_ && ::fnmatch(text_.c_str(), guest.name.c_str(), 0) == 0;
}

bool any_means(const std::vector<GuestPattern>& patterns, const RosterGuest& guest) {
    return std::ranges::any_of(patterns, [&](const GuestPattern& pattern) { return pattern.means(guest); });
}

}  // namespace virtscope
