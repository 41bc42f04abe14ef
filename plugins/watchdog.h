// The promise that a check ends in time and with one of its four exit codes, whatever happens.
//
// The work is done by a child, for a process that waits for a disk or a file system that hangs cannot end by itself: its
// parent ends instead. Where no child can be had (EAGAIN) an alarm alone has to do.
#pragma once

namespace virtscope::checks {

// Returns in a child, which does the work; the parent waits, passes on the child's exit code, and ends with UNKNOWN when
// the time limit is over. Returns in the caller if there can be no child.
void begin_guarded();

// When `seconds` are over the process says so in one fixed line and ends with UNKNOWN. Calling it
// again sets a new limit. Works even where the caller blocked or ignored the signal.
void arm_watchdog(unsigned seconds);

// The same end for signals that would kill the process with another exit code. A handler that
// somebody else (a sanitizer) has installed stays.
void answer_deadly_signals();

}  // namespace virtscope::checks
