// Verbs that change nothing.
#include <charconv>

#include "core/text.h"
#include "drivers/xen/libxl/store.h"
#include "drivers/xen/libxl/verbs.h"
#include "drivers/xen/libxl/xml.h"

namespace virtscope::libxl {
namespace {

bool has_vnc(const libxl_vnc_info& vnc) {
    return !libxl_defbool_is_default(vnc.enable) && libxl_defbool_val(vnc.enable);
}

bool has_display(const libxl_domain_config& config) {
    if (config.c_info.type == LIBXL_DOMAIN_TYPE_HVM) return has_vnc(config.b_info.u.hvm.vnc);
    for (int i = 0; i < config.num_vfbs; ++i) {
        if (has_vnc(config.vfbs[i].vnc)) return true;
    }
    return false;
}

std::string host_part(const std::string& listen) {
    if (listen.empty() || listen == "0.0.0.0" || listen == "::") return "localhost";
    return listen.find(':') == std::string::npos ? listen : "[" + listen + "]";
}

}  // namespace

Result<Answer> do_dumpxml(const Call& call) {
    const auto domain = find_guest(call);
    if (!domain) return std::unexpected(domain.error());
    const auto config = configuration_of(call, *domain);
    if (!config) return std::unexpected(config.error());
    return said(write_xml_config(*config->get()));
}

Result<Answer> do_domdisplay(const Call& call) {
    const auto domain = find_guest(call);
    if (!domain) return std::unexpected(domain.error());
    const auto config = configuration_of(call, *domain);
    if (!config) return std::unexpected(config.error());
    if (!has_display(*config->get())) {
        return fail(ErrorKind::absent, "has no display to connect to; create it with vfb = [ \"vnc=1\" ]");
    }
    const std::string console = fmt::format("/local/domain/{}/console/", domain->id());
    const std::string port = store_value(console + "vnc-port").value_or("");
    int number = 0;
    const auto parsed = std::from_chars(port.data(), port.data() + port.size(), number);
    if (parsed.ec != std::errc() || number < 5900 || number > 65535) {
        return fail(ErrorKind::absent, "has a display, but nobody serves it: QEMU has told no port for it");
    }
    const std::string host = host_part(store_value(console + "vnc-listen").value_or(""));
    return said(printable(fmt::format("vnc://{}:{}", host, number - 5900)));
}

}  // namespace virtscope::libxl
