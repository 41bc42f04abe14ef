// Another process's command line, and what is read from its /proc files.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "drivers/qemu/command_line.h"
#include "drivers/qemu/discovery.h"
#include "drivers/qemu/displays.h"
#include "drivers/qemu/endpoint.h"
#include "drivers/qemu/guest.h"
#include "drivers/qemu/nics.h"
#include "drivers/qemu/tasks.h"
#include "drivers/qemu/witness.h"

using namespace virtscope::qemu;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(static_cast<const char*>(static_cast<const void*>(data)), size);
    const CommandLine line = parse_command_line(text);
    (void)find_endpoint(line).note;
    (void)displays_of(line).size();
    for (const auto& disk : configured_disks(line)) {
        DiskStats stats;
        stats.name = disk.name;
        stats.medium = true;
        (void)completes_at_home(stats, line);
    }
    (void)is_qemu_executable(text);
    (void)parse_stat(text).state;
    (void)tap_of_fdinfo(text).size();
    (void)vcpu_of_name(text);
    unsigned levels = 0;
    (void)innermost_id(text, levels);
    return 0;
}
