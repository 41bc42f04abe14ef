// What virt-top --help says before and after the options.
#pragma once

namespace virtscope::top {

inline constexpr const char* usage_about =
    "Shows the guests of this host: reads the ring of virtscoped where that runs, else samples by itself.";

inline constexpr const char* usage_footer =
    R"END(Keys: 0 to 6 views; P M T N sort by %CPU, %MEM, TIME, ID, F by any column, R turns round; / search, \ filter; arrows,
PgUp, PgDn, Home, End move; Enter one guest; B blocks in bytes or requests; m orders to the guest; d delay; space look
now; W write the init file; h all of them; q quit. [ ] show the frame before or after, { } what was a minute before or
after, e E the event before or after, J any time, L what is now: the ring remembers as far as its size reaches.

Several hosts: -c once for each. A path (/run/ring, ./before.rec) is a ring or a recording; a URI with a host, such as
qemu+ssh://h7/system, is that machine; the others are this machine, all together. LABEL=URI or LABEL=PATH is a host of
its own with that name in the column HOST. One that cannot be reached is a line that says why, and is tried again. In
the past all go to the same time.

History: --at TIME begins with what the ring had at that time, such as "10 min ago", "today 03:12" or
2026-11-23T03:12:05Z; --file FILE shows a recording (virtscope record) or a copy of a ring, from its newest frame. With
-b, --stream or --script frames come without waiting, -d apart, from TIME or the beginning of FILE to its end; a ring
goes on live.

Orders (m) go to the agent, as the command virtscope gives them; what may lose data asks first. They need the ring of a
running agent, and its socket: --control, else $VIRTSCOPE_CONTROL, else RING.control beside a named ring, else
/run/virtscope/control. --readonly and -s forbid them.

Init file: ~/.virt-toprc, a keyword and its value a line, such as "delay 1". Options win over the environment, the
environment over the file.

Columns: virt-top's, and more. RDRQ WRRQ RXBY TXBY are a second's, %CPU is of all host CPUs, %STL is the share of its
vCPUs' time that a guest waited for a CPU (steal), AGE is how many seconds ago that was true which only the hypervisor
knows (blocks, balloon). "!" after the state: the guest does not answer. "-": not known.

The CSV file is virt-top's: RDRQ WRRQ RXBY TXBY CPU count since the line before, "Mem (bytes)" is in KiB. What is not
known is empty. A tick in which the agent was silent has no line, with --stream no table; nor has what is looked at in
the past.

Exit codes: 0 done, 1 output failed, 2 wrong arguments or init file, or no terminal, 3 neither ring nor hypervisor can
be read, or the ring has nothing of that time. virt-top(1) has the rest.)END";

}  // namespace virtscope::top
