#include "exporters/rrd/layout.h"

#include <algorithm>
#include <functional>
#include <unordered_set>

#include "exporters/rrd/file_name.h"

namespace virtscope::exporters::rrd {
namespace {

constexpr std::string_view own_folder = "host";

bool is_of_guest(Scope scope) {
    return scope == Scope::Guest || guest_list(scope) != nullptr;
}

bool wanted(const FileType& type, const Filter& filter) {
    return std::ranges::any_of(type.sources, [&](const Source& source) {
        return source.column != no_column && filter.allows_metric(exported_metrics(type.scope)[source.column].name);
    });
}

// Counters of a guest restart with it, all of them with the host, and those of a device when another takes its name;
// what stands under one path may also be of another guest by now.
std::uint64_t life_of(const Roster& roster, Scope scope, std::uint32_t row) {
    std::size_t life = std::hash<std::string>{}(roster.host.boot_id);
    const auto mix = [&life](std::size_t more) { life = (life ^ more) * 0x9e3779b97f4a7c15; };
    if (is_of_guest(scope)) {
        const RosterGuest& guest = roster.guests[scope == Scope::Guest ? row : roster.instances(scope)[row].guest];
        mix(UuidHash{}(guest.uuid));
        mix(guest.generation);
    }
    if (scope != Scope::Guest && scope != Scope::Host && scope != Scope::Agent)
        mix(std::hash<std::string>{}(roster.instances(scope)[row].name));
    return life;
}

std::string chosen(Naming naming, const std::string& name, const std::string& uuid, const std::string& host) {
    switch (naming) {
        case Naming::name: return name;
        case Naming::uuid: return uuid;
        case Naming::hostname: return host;
        case Naming::none: break;
    }
    return {};
}

}  // namespace

Layout::Layout(const LayoutOptions& options, const Filter& filter) : options_(options) {
    for (const FileType& type : options.collectd ? collectd_types() : native_types()) {
        if (wanted(type, filter)) types_.push_back(&type);
    }
}

std::string Layout::folder(const std::string& name, const std::string& uuid, const std::string& host,
                           bool repeated) const {
    if (!options_.collectd) return uuid;
    const std::string shown = repeated ? name + ":" + uuid : name;
    const std::string instance = chosen(options_.instance, shown, uuid, host);
    return file_name(chosen(options_.host, shown, uuid, host)) + "/virt" +
           (instance.empty() ? "" : "-" + file_name(instance));
}

std::string Layout::file(const FileType& type, std::string_view instance) {
    return type.name + (instance.empty() ? "" : "-" + file_name(instance)) + ".rrd";
}

std::vector<std::string> Layout::folders(const Census& census) const {
    std::vector<std::string> made(census.roster()->guests.size());
    const std::string host = exported_text(census.roster()->host.name);
    std::unordered_set<std::string> taken;
    for (const std::uint32_t row : census.rows(Scope::Guest)) {
        made[row] = folder(census.guest(row), census.uuid(row), host);
        if (!taken.insert(made[row]).second) made[row] = folder(census.guest(row), census.uuid(row), host, true);
    }
    return made;
}

std::vector<PlannedFile> Layout::plan(const Census& census) const {
    const Roster& roster = *census.roster();
    const std::vector<std::string> guests = folders(census);
    std::vector<PlannedFile> files;
    std::unordered_set<std::string> taken;
    for (const FileType* const type : types_) {
        const Scope scope = type->scope;
        for (const std::uint32_t row : census.rows(scope)) {
            const bool single = scope == Scope::Guest || scope == Scope::Host || scope == Scope::Agent;
            std::string folder(own_folder);
            if (is_of_guest(scope)) folder = guests[scope == Scope::Guest ? row : roster.instances(scope)[row].guest];
            std::string path = folder + "/" + file(*type, single ? std::string_view() : census.instance(scope, row));
            if (!taken.insert(path).second) continue;
            files.push_back({.path = std::move(path), .type = type, .row = row, .life = life_of(roster, scope, row)});
        }
    }
    return files;
}

}  // namespace virtscope::exporters::rrd
