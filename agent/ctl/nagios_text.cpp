#include <algorithm>

#include "agent/ctl/monitor_text.h"

namespace virtscope {
namespace {

constexpr int missed_checks = 3;  // after so many a passive result is too old

std::string define(std::string_view kind, const std::vector<std::pair<std::string_view, std::string>>& lines) {
    std::string text = fmt::format("define {} {{\n", kind);
    for (const auto& [name, value] : lines) {
        if (!value.empty()) text += fmt::format("    {:<24}{}\n", name, value);
    }
    return text + "}\n\n";
}

std::string always() {
    std::string text = "define timeperiod {\n    timeperiod_name         virt-always\n    alias                   Always\n";
    for (const char* const day : {"sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"}) {
        text += fmt::format("    {:<24}00:00-24:00\n", day);
    }
    return text + "}\n\n";
}

// What hosts and services have in common.
std::string base(std::string_view kind, std::string_view name, const MonitorPlan& plan, std::string_view check) {
    return define(kind, {{"name", std::string(name)},
                         {"register", "0"},
                         {"check_command", std::string(check)},
                         {"check_interval", fmt::format("{:g}", plan.minutes)},
                         {"retry_interval", fmt::format("{:g}", plan.minutes)},
                         {"max_check_attempts", "3"},
                         {"check_period", "virt-always"},
                         {"notification_period", "virt-always"},
                         {"notification_interval", "60"},
                         {"contact_groups", plan.contact_group}});
}

std::string service_template(std::string_view scope, std::string_view mode) {
    const std::string name = fmt::format("virt-{}{}", scope, mode);
    return define("service", {{"name", name}, {"use", "virt-service"}, {"register", "0"}, {"check_command", name}});
}

std::string templates(const MonitorPlan& plan) {
    std::string text =
        "# Yours: a change here is kept (--force replaces it). Thresholds go into check_command, as in\n"
        "# check_command virt-cpu!-w 80 -c 95. A guest that is to be checked otherwise goes into members of virt-own-MODE:\n"
        "# it gets no such service here and can have one in a file of your own.\n\n";
    text += always() + base("host", "virt-host", plan, "virt-state") + base("service", "virt-service", plan, "");
    text += "# Where results come from the virtualization host's check; one that is missing is fetched.\n";
    text += define("service", {{"name", "virt-passive"},
                               {"register", "0"},
                               {"active_checks_enabled", "0"},
                               {"passive_checks_enabled", "1"},
                               {"check_freshness", "1"},
                               {"freshness_threshold", fmt::format("{:.0f}", plan.minutes * 60 * missed_checks)}});
    text += "# A guest's.\n";
    for (const std::string_view mode : guest_modes()) {
        text += service_template("", mode);
        text += define("hostgroup", {{"hostgroup_name", fmt::format("virt-own-{}", mode)},
                                     {"alias", fmt::format("Guests whose {} is checked by a service of their own", mode)}});
    }
    text += "# The virtualization host's.\n";
    for (const std::string_view mode : host_services()) text += service_template("all-", mode);
    text += "# The virtualization host's, with a passive result for each guest.\n";
    for (const std::string_view mode : guest_modes()) text += service_template("feed-", mode);
    return text;
}

std::string host_objects(const MonitorPlan& plan) {
    std::string text = define("host", {{"use", "virt-host"},
                                       {"host_name", plan.host},
                                       {"alias", plan.host},
                                       {"check_command", "virt-all-agent"},
                                       {"_VIRT_RING", plan.ring}});
    const auto add = [&](std::string_view scope, std::string_view mode) {
        text += define("service", {{"use", fmt::format("virt-{}{}", scope, mode)},
                                   {"host_name", plan.host},
                                   {"service_description", fmt::format("virt {}", mode)}});
    };
    const std::vector<std::string> fed = fed_services(plan);
    for (const std::string_view mode : host_services()) {
        if (std::ranges::find(fed, mode) == fed.end()) add("all-", mode);
    }
    for (const std::string& mode : fed) add("feed-", mode);
    return text;
}

// Modes that some guests get and others not: Nagios takes no service whose group, without those it excludes, is empty.
std::vector<std::string> divided_services(const MonitorPlan& plan) {
    std::vector<std::string> divided;
    for (const std::string& mode : plan.services) {
        const auto lacks = [&](const MonitoredGuest& guest) { return std::ranges::find(guest.untold, mode) != guest.untold.end(); };
        if (anybody_gets(plan, mode) && std::ranges::any_of(plan.guests, lacks)) divided.push_back(mode);
    }
    return divided;
}

std::string groups_of(const MonitoredGuest& guest, const std::vector<std::string>& divided) {
    std::string groups = "virt-hostgroup";
    for (const std::string& mode : divided) {
        if (std::ranges::find(guest.untold, mode) != guest.untold.end()) groups += fmt::format(",virt-untold-{}", mode);
    }
    return groups;
}

std::string services_of_guests(const MonitorPlan& plan, const std::vector<std::string>& divided) {
    std::string text;
    for (const std::string& mode : plan.services) {
        if (!anybody_gets(plan, mode)) continue;
        const bool is_divided = std::ranges::find(divided, mode) != divided.end();
        text += define("service", {{"use", fmt::format("{}virt-{}", plan.passive ? "virt-passive," : "", mode)},
                                   {"hostgroup_name", fmt::format("virt-hostgroup,!virt-own-{}{}", mode,
                                                                  is_divided ? ",!virt-untold-" + mode : "")},
                                   {"service_description", fmt::format("virt {}", mode)}});
    }
    return text;
}

std::string guest_objects(const MonitorPlan& plan) {
    std::string text = define("hostgroup", {{"hostgroup_name", "virt-hostgroup"}, {"alias", "Guests of virtscope"}});
    const std::vector<std::string> divided = divided_services(plan);
    for (const std::string& mode : divided) {
        text += define("hostgroup", {{"hostgroup_name", fmt::format("virt-untold-{}", mode)},
                                     {"alias", fmt::format("Guests whose hypervisor does not tell what {} judges", mode)}});
    }
    for (const MonitoredGuest& guest : plan.guests) {
        text += guest_mark(guest);
        text += define("host", {{"use", "virt-host"},
                                {"host_name", guest.name},
                                {"alias", guest.name},
                                {"hostgroups", groups_of(guest, divided)},
                                {"parents", plan.host},
                                {"_VIRT_UUID", guest.uuid},
                                {"_VIRT_RING", plan.ring}});
    }
    return text + services_of_guests(plan, divided);
}

}  // namespace

std::vector<ConfigFile> nagios_files(const MonitorPlan& plan) {
    return {{"virtscope-commands.cfg", stamped(nagios_commands()), true},
            {"virtscope-templates.cfg", stamped(templates(plan)), true},
            {"virtscope-guests.cfg", stamped(host_objects(plan) + guest_objects(plan)), false}};
}

}  // namespace virtscope
