// Which guests --guest and --exclude mean, where several may be meant.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <regex.h>

#include "core/result.h"
#include "core/roster.h"

namespace virtscope {

// A guest is meant by its UUID, its exact name, a glob (fnmatch(3)) over its name, or a /regular expression/ (POSIX extended)
// that is found in it.
class GuestPatterns {
public:
    // Errors: malformed, an expression that is none; `option` is for the message.
    static Result<GuestPatterns> parse(const char* option, const std::vector<std::string>& texts);

    bool empty() const { return patterns_.empty(); }
    bool match(const RosterGuest& guest) const;
    // The first pattern that no guest matches.
    std::optional<std::string> first_without(const Roster& roster) const;

private:
    struct Pattern {
        std::string text;
        std::optional<Uuid> uuid;
        std::shared_ptr<regex_t> expression;  // where there are slashes around it
    };
    static bool matches(const Pattern& pattern, const RosterGuest& guest);

    std::vector<Pattern> patterns_;
};

}  // namespace virtscope
