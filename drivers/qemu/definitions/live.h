// What a running guest is by now: its XML was written when it started, media and vCPUs have changed since.
#pragma once

#include <chrono>
#include <string>

#include "core/result.h"
#include "drivers/process.h"
#include "drivers/qemu/definitions/domain_xml.h"
#include "drivers/qemu/qmp_client.h"

namespace virtscope::qemu {

// A run of a guest of ours: its process and the monitor that is kept for commands.
struct LiveRun {
    Process process;
    QmpClient control;
};

// Of whoever holds the pid file of this folder. Errors: absent (nobody), and those of QmpClient::connect().
Result<LiveRun> open_run(const std::string& proc, const std::string& run_folder,
                         std::chrono::steady_clock::time_point deadline);

// Waits for its end, kills it if it has not ended by then. False: it waits in the kernel, even now.
bool end_run(const Process& process, std::chrono::steady_clock::duration patience);

// `xml` with the machine's versioned name, today's vCPUs and the media in its CD-ROM drives: what a QEMU must be made
// of that this guest's state is loaded into. Errors: QmpClient's.
Result<std::string> xml_of_now(const std::string& xml, QmpClient& control,
                               std::chrono::steady_clock::time_point deadline);

}  // namespace virtscope::qemu
