// The command line that makes a guest of a Definition: an argument vector, never a shell's text.
//
// Whatever is pasted into an option has its commas doubled, as QEMU's option syntax asks, so that no name or path of
// a definition can add an option of its own.
#pragma once

#include <string>
#include <vector>

#include "core/result.h"
#include "drivers/qemu/definitions/domain_xml.h"

namespace virtscope::qemu {

struct StartPlan {
    std::string program;     // absolute
    std::string run_folder;  // sockets and the pid file of this run
    bool kvm = false;        // /dev/kvm can be used
    bool paused = false;
    bool incoming = false;  // waits for a saved state
};

// argv[0] is the program. Errors: unsupported (a device that this machine type cannot have).
Result<std::vector<std::string>> command_line_for(const Definition& guest, const StartPlan& plan);

}  // namespace virtscope::qemu
