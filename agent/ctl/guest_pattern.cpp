#include "agent/ctl/guest_pattern.h"

#include <algorithm>
#include <array>

#include <fnmatch.h>

#include "core/text.h"

namespace virtscope {
namespace {

struct Free {
    void operator()(regex_t* expression) const {
        ::regfree(expression);
        delete expression;
    }
};

Result<std::shared_ptr<regex_t>> compile(const char* option, const std::string& text) {
    auto compiled = std::make_unique<regex_t>();
    const std::string expression = text.substr(1, text.size() - 2);
    const int code = ::regcomp(compiled.get(), expression.c_str(), REG_EXTENDED | REG_NOSUB);
    if (code == 0) return std::shared_ptr<regex_t>(compiled.release(), Free());
    std::array<char, 128> why{};
    ::regerror(code, compiled.get(), why.data(), why.size());
    return fail(ErrorKind::malformed, "{} {}: no regular expression: {}", option, printable(text), why.data());
}

}  // namespace

Result<GuestPatterns> GuestPatterns::parse(const char* option, const std::vector<std::string>& texts) {
    GuestPatterns patterns;
    for (const std::string& text : texts) {
        Pattern pattern{.text = text, .uuid = Uuid::parse(text), .expression = nullptr};
        if (text.size() > 2 && text.front() == '/' && text.back() == '/') {
            auto expression = compile(option, text);
            if (!expression) return std::unexpected(expression.error());
            pattern.expression = std::move(*expression);
        }
        patterns.patterns_.push_back(std::move(pattern));
    }
    return patterns;
}

bool GuestPatterns::matches(const Pattern& pattern, const RosterGuest& guest) {
    if (pattern.uuid && guest.uuid == *pattern.uuid) return true;
    // The exact name first: a guest may well be called "web[1]".
    if (guest.name == pattern.text) return true;
    if (pattern.expression) return ::regexec(pattern.expression.get(), guest.name.c_str(), 0, nullptr, 0) == 0;
    return ::fnmatch(pattern.text.c_str(), guest.name.c_str(), 0) == 0;
}

bool GuestPatterns::match(const RosterGuest& guest) const {
    return std::ranges::any_of(patterns_, [&](const Pattern& pattern) { return matches(pattern, guest); });
}

std::optional<std::string> GuestPatterns::first_without(const Roster& roster) const {
    for (const Pattern& pattern : patterns_) {
        const auto meant = [&](const RosterGuest& guest) { return matches(pattern, guest); };
        if (std::ranges::none_of(roster.guests, meant)) return pattern.text;
    }
    return std::nullopt;
}

}  // namespace virtscope
