#include "plugins/command/ring_address.h"

#include "core/text.h"

namespace virtscope::checks {

Result<std::string> ring_of_address(std::string_view text) {
    constexpr std::string_view scheme = "ring://";
    if (text == "localhost" || text == "127.0.0.1" || text == "::1") return std::string();
    if (text.starts_with(scheme)) text.remove_prefix(scheme.size());
    if (text.starts_with('/')) return std::string(text);
    return fail(ErrorKind::malformed,
                "-H {}: want ring:///PATH, a path or localhost; on another machine run check_virt there, by NRPE or check_by_ssh",
                printable(text, 80));
}

}  // namespace virtscope::checks
