// Starting QEMU: a process in a session of its own, with a clean environment, that outlives the agent.
#pragma once

#include <sys/types.h>
#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "core/result.h"
#include "core/uuid.h"
#include "drivers/qemu/definitions/domain_xml.h"

namespace virtscope::qemu {

struct HowToStart {
    std::string run_folder;
    bool paused = false;
    bool incoming = false;  // waits for a saved state
    std::chrono::steady_clock::time_point deadline;
};

// Makes the run folder, starts the guest there and waits until QEMU has daemonised, which it does when the guest is
// made. The live XML is kept beside the sockets. An error leaves nothing behind; its text is QEMU's last line. Errors:
// absent (an image, QEMU itself), busy (it runs), timeout, unsupported, system.
Result<> launch(const Definition& guest, const HowToStart& how);

// The last line of QEMU's log there, printable.
std::string last_words(const std::string& run_folder);
// Removes the folder of a run that is over.
void forget_run(const std::string& run_folder);

// What would keep it from starting, as far as that can be seen.
Result<> check_start(const Definition& guest);

// The process that QEMU wrote down in this folder, if it still holds its lock there.
std::optional<pid_t> runs_in(const std::string& run_folder);

// Any QEMU process of this host with this UUID.
std::optional<pid_t> running_with(const std::string& proc, const Uuid& uuid);
// Neither the UUID nor the name is that of a QEMU of this host, whoever started it. Errors: busy.
Result<> check_free(const std::string& proc, const Definition& guest);

}  // namespace virtscope::qemu
