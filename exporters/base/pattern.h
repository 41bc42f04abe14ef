// Patterns as every exporter takes them for guests, devices and metrics:
//
//     web01                                     that name; a UUID: the guest that has it
//     web*  db[0-9]  ?da                        a glob (fnmatch(3)) over the whole name
//     /^web(01|02)$/                            an extended regular expression that is found in the name
//     !PATTERN                                  all but those
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/posix_regex.h"
#include "core/result.h"
#include "core/uuid.h"

namespace virtscope::exporters {

class Pattern {
public:
    // Without "!". Errors: malformed, a phrase.
    static Result<Pattern> parse(std::string_view text);

    bool matches(const std::string& name) const;
    // A guest goes by its UUID alone where the pattern is one: guests choose their names, and one that took another's
    // UUID for its name is not that guest.
    bool means(const std::string& name, const Uuid& uuid) const { return uuid_ ? *uuid_ == uuid : matches(name); }

private:
    std::string text_;
    std::optional<Uuid> uuid_;
    std::optional<PosixRegex> regex_;  // none: the text is a name or a glob
};

// Some patterns together: a name is let through if one without "!" matches it, or there is none such, and none with "!"
// does.
class Choice {
public:
    // `option`: "--guest", for messages. Errors: malformed, a line that names option and pattern.
    static Result<Choice> parse(const std::vector<std::string>& patterns, std::string_view option);

    // What a name that matches `pattern` is, is not let through.
    Result<> exclude(const std::vector<std::string>& patterns, std::string_view option);

    bool allows(const std::string& name) const { return allows(name, nullptr); }
    bool allows(const std::string& name, const Uuid& uuid) const { return allows(name, &uuid); }
    bool allows_all() const { return wanted_.empty() && unwanted_.empty(); }

private:
    bool allows(const std::string& name, const Uuid* uuid) const;
    Result<> add(std::string_view pattern, std::string_view option, bool wanted);

    std::vector<Pattern> wanted_;
    std::vector<Pattern> unwanted_;
};

}  // namespace virtscope::exporters
