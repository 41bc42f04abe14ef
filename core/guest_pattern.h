// GuestPattern: how a command line names guests.
//
//     web01                                   that name exactly
//     web*, db[0-9]                           a glob over names (fnmatch(3))
//     /^web[0-9]+$/                           a POSIX extended regular expression, somewhere in the name
//     3f0c4d1e-…                              the guest with that UUID, and none that is only called so
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/posix_regex.h"
#include "core/result.h"
#include "core/roster.h"

namespace virtscope {

class GuestPattern {
public:
    // Errors: malformed: empty, or a regular expression that does not compile.
    static Result<GuestPattern> parse(std::string_view text);

    bool means(const RosterGuest& guest) const;
    // Names one guest, and not what many may match.
    bool exact() const { return !glob_ && !regex_; }
    const std::string& text() const { return text_; }

private:
    std::string text_;
    bool glob_ = false;
    std::optional<Uuid> uuid_;
    std::optional<PosixRegex> regex_;
};

bool any_means(const std::vector<GuestPattern>& patterns, const RosterGuest& guest);

}  // namespace virtscope
