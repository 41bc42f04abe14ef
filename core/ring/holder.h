// Who writes a ring now.
#pragma once

#include <cstdint>
#include <optional>

#include <sys/stat.h>

namespace virtscope::ring {

// The process that holds the writer's lock on the file with that status; nothing if none does, or it is not to be
// seen from here (another PID namespace). `signed_by` is the process that the file's header names, which counts where
// the file system has a device number of its own for each mount. Takes no lock, so that no writer ever finds it taken.
std::optional<std::int64_t> process_writing(const struct stat& file, std::int64_t signed_by);

}  // namespace virtscope::ring
