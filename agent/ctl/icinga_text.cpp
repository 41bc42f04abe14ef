#include <algorithm>

#include "agent/ctl/monitor_text.h"

namespace virtscope {
namespace {

// Nothing that is quoted here holds a quotation mark or a backslash: see legal_object_name() and plan_of().
std::string list_of(const std::vector<std::string>& words) {
    if (words.empty()) return "[ ]";
    return fmt::format("[ \"{}\" ]", fmt::join(words, "\", \""));
}

std::string common(const MonitorPlan& plan) {
    return fmt::format("    check_interval = {0:g}\n    retry_interval = {0:g}\n    vars.virt_ring = \"{1}\"\n",
                       plan.minutes * 60, plan.ring);
}

std::string host_object(const MonitorPlan& plan) {
    const std::vector<std::string> fed = fed_services(plan);
    std::vector<std::string> services = fed;
    for (const std::string_view mode : host_services()) {
        if (std::ranges::find(fed, mode) == fed.end()) services.emplace_back(mode);
    }
    std::string text = fmt::format("object Host \"{}\" {{\n    import \"virt-host\"\n", plan.host);
    text += common(plan) + fmt::format("    vars.virt_services = {}\n", list_of(services));
    if (!fed.empty()) text += fmt::format("    vars.virt_feeds = {}\n", list_of(fed));
    return text + "}\n\n";
}

std::string guest_object(const MonitorPlan& plan, const MonitoredGuest& guest) {
    return fmt::format(
        "{}object Host \"{}\" {{\n    import \"virt-guest\"\n{}    vars.virt_uuid = \"{}\"\n    vars.virt_on = \"{}\"\n"
        "    vars.virt_services = {}\n{}}}\n\n",
        guest_mark(guest), guest.name, common(plan), guest.uuid, plan.host,
        guest.untold.empty() ? "VirtGuestServices" : list_of(services_of(plan, guest)), plan.passive ? "    vars.virt_fed = true\n" : "");
}

std::string guests(const MonitorPlan& plan) {
    std::string text = host_object(plan);
    text += fmt::format("const VirtGuestServices = {}\n\n", list_of(plan.services));
    for (const MonitoredGuest& guest : plan.guests) text += guest_object(plan, guest);
    return text;
}

}  // namespace

std::vector<ConfigFile> icinga_files(const MonitorPlan& plan) {
    return {{"virtscope.conf", stamped(icinga_objects()), true},
            {"virtscope-guests.conf", stamped(guests(plan)), false}};
}

std::string_view guests_file(std::string_view format) {
    return format == "icinga2" ? "virtscope-guests.conf" : "virtscope-guests.cfg";
}

}  // namespace virtscope
