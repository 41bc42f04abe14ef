// UEFI for guests: the host's OVMF, and each guest's own file of variables.
#pragma once

#include <string>

#include "core/result.h"
#include "drivers/qemu/definitions/domain_xml.h"

namespace virtscope::qemu {

// Sets the loader and the file of variables of a guest that wants UEFI (STATE/nvram/UUID.fd where the definition names
// none). Nothing is changed on the disk. Errors: absent (no OVMF on this host).
Result<> find_firmware(Definition& guest, const std::string& state_folder);

// Makes the file of variables from its template where it is missing. Errors: absent (the template), denied, system.
Result<> make_nvram(const Definition& guest);

}  // namespace virtscope::qemu
