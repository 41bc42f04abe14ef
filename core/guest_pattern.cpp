#include "core/guest_pattern.h"

#include <algorithm>
#include <array>
#include <fnmatch.h>

#include "core/text.h"

namespace virtscope {
namespace {

Result<std::shared_ptr<const regex_t>> compile(const std::string& expression) {
    regex_t compiled{};
    const int code = ::regcomp(&compiled, expression.c_str(), REG_EXTENDED | REG_NOSUB);
    if (code != 0) {
        std::array<char, 128> why{};
        ::regerror(code, &compiled, why.data(), why.size());
        return fail(ErrorKind::malformed, "'/{}/' is no regular expression: {}", printable(expression, 80), why.data());
    }
    return std::shared_ptr<const regex_t>(new regex_t(compiled), [](regex_t* regex) {
        ::regfree(regex);
        delete regex;
    });
}

}  // namespace

Result<GuestPattern> GuestPattern::parse(std::string_view text) {
    GuestPattern pattern;
    pattern.text_ = text;
    if (text.empty()) return fail(ErrorKind::malformed, "an empty name: want a name, a glob, /regex/ or a UUID");
    // A guest may be called "/": an expression has something between its slashes.
    if (text.size() > 2 && text.starts_with('/') && text.ends_with('/')) {
        auto regex = compile(std::string(text.substr(1, text.size() - 2)));
        if (!regex) return std::unexpected(regex.error());
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
    if (regex_) return ::regexec(regex_.get(), guest.name.c_str(), 0, nullptr, 0) == 0;
    return glob_ && ::fnmatch(text_.c_str(), guest.name.c_str(), 0) == 0;
}

bool any_means(const std::vector<GuestPattern>& patterns, const RosterGuest& guest) {
    return std::ranges::any_of(patterns, [&](const GuestPattern& pattern) { return pattern.means(guest); });
}

}  // namespace virtscope
