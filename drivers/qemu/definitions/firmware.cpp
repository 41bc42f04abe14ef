#include "drivers/qemu/definitions/firmware.h"

#include <unistd.h>
#include <algorithm>
#include <cerrno>

#include "core/text.h"
#include "drivers/qemu/definitions/store.h"

namespace virtscope::qemu {
namespace {

struct Firmware {
    std::string code, variables;
};

// Where Debian and others put it; the larger flash first, which has room for today's certificates.
const Firmware places[] = {
    {"/usr/share/OVMF/OVMF_CODE_4M.fd", "/usr/share/OVMF/OVMF_VARS_4M.fd"},
    {"/usr/share/OVMF/OVMF_CODE.fd", "/usr/share/OVMF/OVMF_VARS.fd"},
    {"/usr/share/edk2/ovmf/OVMF_CODE.fd", "/usr/share/edk2/ovmf/OVMF_VARS.fd"},
    {"/usr/share/qemu/ovmf-x86_64-code.bin", "/usr/share/qemu/ovmf-x86_64-vars.bin"},
};

bool is_there(const std::string& path) { return ::access(path.c_str(), R_OK) == 0; }

}  // namespace

Result<> find_firmware(Definition& guest, const std::string& state_folder) {
    if (guest.efi && guest.loader.empty()) {
        const auto found = std::ranges::find_if(
            places, [](const Firmware& at) { return is_there(at.code) && is_there(at.variables); });
        if (found == std::end(places))
            return fail(ErrorKind::absent, "there is no UEFI firmware on this host; install ovmf");
        guest.loader = found->code;
    }
    if (guest.loader.empty()) return {};
    const auto known = std::ranges::find(places, guest.loader, &Firmware::code);
    if (guest.nvram_template.empty() && known != std::end(places)) guest.nvram_template = known->variables;
    if (guest.nvram.empty()) guest.nvram = state_folder + "/nvram/" + guest.uuid.text() + ".fd";
    return {};
}

Result<> make_nvram(const Definition& guest) {
    if (guest.nvram.empty() || is_there(guest.nvram)) return {};
    if (guest.nvram_template.empty()) {
        return fail(ErrorKind::absent, "{} is missing; name a template for it in <nvram>", printable(guest.nvram));
    }
    const auto text = read_small_file(guest.nvram_template, std::size_t{64} << 20);
    if (!text) return std::unexpected(text.error());
    return replace_file(guest.nvram, *text);
}

}  // namespace virtscope::qemu
