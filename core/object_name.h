// What a guest is called in the objects of a monitoring system (Nagios, Icinga): generated configuration and passive
// results must agree on it.
//
// Guests choose their names; monitors forbid characters, read some as syntax and hand names to shells. So letters
// of any script, digits, inner blanks and . _ - : @ + remain, all else becomes '_'. A name that was changed, is
// not the only one of its kind, or is the host's gets the guest's UUID appended, which makes it unique whoever else is there;
// a name that looks like one of these gets it, too.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/roster.h"

namespace virtscope {

// Legal, perhaps not unique, never empty: at most 64 bytes, one line of UTF-8, nothing a shell or a parser acts on.
std::string legal_object_name(std::string_view name);

// One name a guest, in the roster's order, all different and none the host's.
std::vector<std::string> object_names(const Roster& roster);

}  // namespace virtscope
