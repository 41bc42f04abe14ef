// The promise that a check ends in time and with one of its four exit codes, whatever happens.
#pragma once

namespace virtscope::checks {

// When `seconds` are over the process says so in one fixed line and ends with UNKNOWN. Calling it
// again sets a new limit. Works even where the caller blocked or ignored the signal.
void arm_watchdog(unsigned seconds);

// The same end for signals that would kill the process with another exit code. A handler that
// somebody else (a sanitizer) has installed stays.
void answer_deadly_signals();

}  // namespace virtscope::checks
