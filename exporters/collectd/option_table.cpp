// Every option: one row each.
#include <array>
#include <charconv>

#include "core/text.h"
#include "exporters/collectd/options.h"
#include "exporters/collectd/words.h"

namespace virtscope::exporters::collectd {
namespace {

using Told = Result<std::string>;

constexpr std::size_t longest_plugin_name = 63;  // bytes
const char* const no_metadata = "a ring has no metadata of guests: their names are used";

Told wrong(std::string_view value, std::string_view accepted) {
    return fail(ErrorKind::malformed, "'{}' must be {}", printable(value, 80), accepted);
}

template <bool Options::*member>
Told set_flag(Options& options, std::string_view value) {
    const auto truth = truth_of(value);
    if (!truth) return wrong(value, "true or false");
    options.*member = *truth;
    return {};
}

template <Selected Options::*member>
Told add_selected(Options& options, std::string_view value) {
    if (auto added = (options.*member).add(value); !added)
        return fail(added.error().kind, "'{}': {}", printable(value, 80), added.error().message);
    return {};
}

template <std::string Options::*member>
Told set_path(Options& options, std::string_view value) {
    if (value.empty()) return wrong(value, "a path");
    options.*member = value;
    return {};
}

// `nothing`: "none", where that is a format.
Told parse_parts(std::vector<Part>& into, std::string_view value, std::string_view nothing, std::string_view accepted) {
    std::vector<Part> parts;
    std::string told;
    for (const std::string_view word : words_of(value)) {
        if (same_word(word, "name")) parts.push_back(Part::name);
        else if (same_word(word, "uuid")) parts.push_back(Part::uuid);
        else if (same_word(word, "hostname") && nothing.empty()) parts.push_back(Part::hostname);
        else if (same_word(word, "metadata")) {
            parts.push_back(Part::name);
            told = no_metadata;
        } else if (!nothing.empty() && same_word(word, nothing)) break;
        else return wrong(value, accepted);
    }
    if (parts.empty() && nothing.empty()) return wrong(value, accepted);
    into = std::move(parts);
    return told;
}

Told set_hostname_format(Options& options, std::string_view value) {
    return parse_parts(options.host, value, "", "some of name, uuid, hostname, metadata");
}

Told set_plugin_instance_format(Options& options, std::string_view value) {
    return parse_parts(options.plugin_instance, value, "none", "some of name, uuid, metadata, or none");
}

Told set_plugin_name(Options& options, std::string_view value) {
    const bool fits = !value.empty() && value.size() <= longest_plugin_name && printable(value) == value &&
                      value.find_first_of("/- ") == std::string_view::npos;
    if (!fits) return wrong(value, "a name of at most 63 bytes without '/', '-' and blanks");
    options.plugin = value;
    return {};
}

Told set_block_device_format(Options& options, std::string_view value) {
    if (!same_word(value, "target") && !same_word(value, "source")) return wrong(value, "target or source");
    options.disk_name = same_word(value, "source") ? DiskName::source : DiskName::target;
    return {};
}

Told set_interface_format(Options& options, std::string_view value) {
    if (same_word(value, "number")) options.nic_name = NicName::number;
    else if (same_word(value, "name") || same_word(value, "address")) options.nic_name = NicName::name;
    else return wrong(value, "name, number or address");
    if (same_word(value, "address")) return std::string("a ring has no addresses of network cards: their names are used");
    return {};
}

Told set_extra_stats(Options& options, std::string_view value) {
    const auto parsed = parse_extras(value);
    if (!parsed) return std::unexpected(parsed.error());
    options.extras = parsed->extras;
    options.extras_given = true;
    std::string told;
    for (const std::string_view word : parsed->lacking) told += (told.empty() ? "" : ", ") + std::string(word);
    return told.empty() ? told : told + ": a ring does not have it, left out";
}

Told set_back_fill(Options& options, std::string_view value) {
    constexpr long most = 366L * 86400;
    long seconds = 0;
    const auto [end, error] = std::from_chars(value.begin(), value.end(), seconds);
    if (error != std::errc() || end != value.end() || seconds < 0 || seconds > most)
        return wrong(value, "whole seconds, a year at most; 0: only what is new");
    options.back_fill = std::chrono::seconds(seconds);
    return {};
}

Told takes_no_part(std::string why) { return why; }
Told no_connection(Options&, std::string_view) {
    return takes_no_part("not used: the agent is connected, see virtscoped's configuration");
}
Told no_refresh(Options&, std::string_view) { return takes_no_part("not needed: the ring always has the guests of now"); }
Told no_instances(Options&, std::string_view) { return takes_no_part("not needed: one reader serves all guests"); }
Told metadata_option(Options&, std::string_view) { return takes_no_part(no_metadata); }

constexpr std::array<Option, 23> options{{
    {"Ring", "FILE", "Ring file (default: $VIRTSCOPE_RING, else /var/lib/virtscope/ring)", set_path<&Options::ring>},
    {"PluginName", "NAME", "What the plugin is called in identifiers: virtscope, or virt to go on with its series",
     set_plugin_name},
    {"StateFile", "FILE", "Keeps which sample was sent last", set_path<&Options::state_file>},
    {"BackFill", "SECONDS", "How old a sample may be to be sent afterwards (86400)", set_back_fill},
    {"OriginalUnits", "BOOL", "Times of disks in the units of virt: ns, and us for flushes",
     set_flag<&Options::original_units>},
    {"Connection", "URI", "Accepted and not used", no_connection},
    {"RefreshInterval", "SECONDS", "Accepted and not used", no_refresh},
    {"Domain", "PATTERN", "Guests: name, /regex/, glob or UUID (repeatable)", add_selected<&Options::guests>},
    {"BlockDevice", "PATTERN", "Disks, as GUEST:DISK (repeatable)", add_selected<&Options::disks>},
    {"InterfaceDevice", "PATTERN", "Network cards, as GUEST:CARD (repeatable)", add_selected<&Options::nics>},
    {"IgnoreSelected", "BOOL", "What is selected is left out instead of kept", set_flag<&Options::ignore_selected>},
    {"BlockDeviceFormat", "target|source", "What disks are called", set_block_device_format},
    {"BlockDeviceFormatBasename", "BOOL", "Of a source only the last part", set_flag<&Options::disk_basename>},
    {"HostnameFormat", "name|uuid|hostname", "What guests are called (name)", set_hostname_format},
    {"PluginInstanceFormat", "name|uuid|none", "Plugin instance (none)", set_plugin_instance_format},
    {"InterfaceFormat", "name|number", "What network cards are called", set_interface_format},
    {"HostnameMetadataNS", "NS", "Accepted and not used", metadata_option},
    {"HostnameMetadataXPath", "XPATH", "Accepted and not used", metadata_option},
    {"ReportBlockDevices", "BOOL", "Disks are reported (true)", set_flag<&Options::report_disks>},
    {"ReportNetworkInterfaces", "BOOL", "Network cards are reported (true)", set_flag<&Options::report_nics>},
    {"ExtraStats", "SELECTOR", "What is reported beside CPU time, memory, disks and network cards",
     set_extra_stats},
    {"PersistentNotification", "BOOL", "The state of every guest is told every interval",
     set_flag<&Options::persistent_notification>},
    {"Instances", "N", "Accepted and not used", no_instances},
}};

}  // namespace

std::span<const Option> all_options() { return options; }

}  // namespace virtscope::exporters::collectd
