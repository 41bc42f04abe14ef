// Whatever the XML says: it is refused with a reason, or becomes a command line in which no value is an option of its
// own, and whose canonical form is the same guest.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "drivers/qemu/definitions/argv.h"
#include "drivers/qemu/definitions/domain_xml.h"
#include "drivers/qemu/definitions/image.h"

using namespace virtscope;
using namespace virtscope::qemu;

namespace {

void demand(bool holds) {
    if (!holds) std::abort();
}

void check_guest(const Definition& guest) {
    demand(check_guest_name(guest.name).has_value());
    const auto again = read_definition(guest.xml);
    demand(again && again->xml == guest.xml && again->uuid == guest.uuid);
    const StartPlan plan{"/usr/bin/qemu", "/run/guest", true, false, false};
    const auto argv = command_line_for(guest, plan);
    const auto same = command_line_for(*again, plan);
    demand(argv.has_value() == same.has_value());
    if (!argv) return demand(!argv.error().message.empty());
    demand(*argv == *same);
    for (const std::string& argument : *argv) demand(argument.find('\0') == std::string::npos);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto guest = read_definition(text);
    if (guest)
        check_guest(*guest);
    else
        demand(!guest.error().message.empty());
    const auto plan = plan_image({std::string(text), "/nowhere", "", "/nowhere/images"});
    if (!plan) demand(!plan.error().message.empty());
    return 0;
}
