#include "exporters/base/pattern.h"

#include <algorithm>

#include <fnmatch.h>

#include "core/text.h"

namespace virtscope::exporters {
namespace {

constexpr std::size_t longest_pattern = 1024;  // bytes

}  // namespace

Result<Pattern> Pattern::parse(std::string_view text) {
    if (text.empty()) return fail(ErrorKind::malformed, "empty: must be a name, a glob or /a regular expression/");
    if (text.size() > longest_pattern) return fail(ErrorKind::malformed, "longer than {} bytes", longest_pattern);
    Pattern pattern;
    if (text.front() == '/' && (text.size() < 3 || text.back() != '/')) {
        return fail(ErrorKind::malformed, "a regular expression ends with /, as in /^web/");
    }
    if (text.front() == '/') {
        auto regex = PosixRegex::compile(std::string(text.substr(1, text.size() - 2)));
        if (!regex) return fail(ErrorKind::malformed, "no regular expression: {}", regex.error().message);
        pattern.regex_ = std::move(*regex);
    } else {
        pattern.text_ = text;
        pattern.uuid_ = Uuid::parse(text);
    }
    return pattern;
}

bool Pattern::matches(const std::string& name) const {
    if (regex_) return regex_->found_in(name);
    // The exact name first: a guest may well be called "web[1]".
    return name == text_ || ::fnmatch(text_.c_str(), name.c_str(), 0) == 0;
}

Result<Choice> Choice::parse(const std::vector<std::string>& patterns, std::string_view option) {
    Choice choice;
    for (const std::string& pattern : patterns) {
        const bool negated = pattern.starts_with('!');
        auto added = choice.add(std::string_view(pattern).substr(negated ? 1 : 0), option, !negated);
        if (!added) return std::unexpected(added.error());
    }
    return choice;
}

Result<> Choice::exclude(const std::vector<std::string>& patterns, std::string_view option) {
    for (const std::string& pattern : patterns) {
        if (auto added = add(pattern, option, false); !added) return added;
    }
    return {};
}

Result<> Choice::add(std::string_view pattern, std::string_view option, bool wanted) {
    auto parsed = Pattern::parse(pattern);
    if (!parsed)
        return fail(ErrorKind::malformed, "{} '{}': {}", option, printable(pattern, 80), parsed.error().message);
    (wanted ? wanted_ : unwanted_).push_back(std::move(*parsed));
    return {};
}

bool Choice::allows(const std::string& name, const Uuid* uuid) const {
    const auto hit = [&](const Pattern& pattern) {
        return uuid != nullptr ? pattern.means(name, *uuid) : pattern.matches(name);
    };
    if (std::ranges::any_of(unwanted_, hit)) return false;
    return wanted_.empty() || std::ranges::any_of(wanted_, hit);
}

}  // namespace virtscope::exporters
