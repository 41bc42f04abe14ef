#include "exporters/collectd/plan.h"

#include <algorithm>
#include <unordered_set>
#include <utility>

#include "core/text.h"
#include "exporters/collectd/identifier.h"

namespace virtscope::exporters::collectd {

// Identifiers that are given away.
class TakenNames {
public:
    // False, and nothing is taken, if one of them already is.
    bool take(const std::string& first, const std::string& second) {
        if (names_.contains(first) || names_.contains(second)) return false;
        names_.insert(first);
        names_.insert(second);
        return true;
    }
    bool take(const std::string& name) { return take(name, name); }
    bool take(const GuestFields& fields) { return take(fields.host + '/' + fields.plugin_instance); }

private:
    std::unordered_set<std::string> names_;
};

namespace {

constexpr std::size_t uuid_length = 36;
constexpr std::size_t longest_hostname = 64;  // bytes, where it is one part among several

// Parts joined by ':'. Names are what is cut where that gets too long: a UUID is one only when it is whole.
std::string join(std::span<const Part> parts, std::string_view name, const std::string& uuid, std::string_view hostname) {
    const std::string host = field(hostname, parts.size() > 1 ? longest_hostname : longest_field);
    std::size_t fixed = parts.empty() ? 0 : parts.size() - 1;
    std::size_t names = 0;
    for (const Part part : parts) {
        names += part == Part::name;
        fixed += part == Part::uuid ? uuid_length : part == Part::hostname ? host.size() : 0;
    }
    const std::size_t left = fixed < longest_field ? longest_field - fixed : 1;
    const std::string shown = field(name, std::max<std::size_t>(left / std::max<std::size_t>(names, 1), 1));
    std::string joined;
    for (const Part part : parts) {
        if (!joined.empty()) joined += ':';
        joined += part == Part::name ? shown : part == Part::uuid ? uuid : host;
    }
    return printable(joined, longest_field);
}

// The first is 1.
std::uint32_t place_in_guest(const Roster& who, Scope scope, std::uint32_t row) {
    const RosterGuest& guest = who.guests[who.instances(scope)[row].guest];
    const std::uint32_t first = scope == Scope::Vcpu ? guest.first_vcpu : scope == Scope::Disk ? guest.first_disk : guest.first_nic;
    return row - first + 1;
}

bool says_all_of(const GuestFields& fields, std::span<const Part> host, std::string_view name) {
    return std::ranges::find(host, Part::name) == host.end() || fields.host.find(name) != std::string::npos;
}

}  // namespace

GuestFields guest_fields(const Options& options, std::string_view name, const Uuid& uuid, std::string_view hostname) {
    const std::string text = uuid.text();
    return {.host = join(options.host, name, text, hostname),
            .plugin_instance = join(options.plugin_instance, name, text, hostname)};
}

Plan::Plan(RosterPtr roster, const Filter& filter, const Options& options, std::string_view hostname)
    : census_(std::move(roster), filter) {
    const auto& all = census_.roster()->guests;
    for (const std::uint32_t row : census_.rows(Scope::Guest)) {
        if (options.guests.keeps(all[row].name, all[row].uuid, options.ignore_selected)) guests_.push_back(row);
    }
    fields_.resize(all.size());
    name_guests(options, hostname);
    name_instances(Scope::Vcpu, options);
    if (options.report_disks) name_instances(Scope::Disk, options);
    if (options.report_nics) name_instances(Scope::Nic, options);
}

void Plan::name_guests(const Options& options, std::string_view hostname) {
    const auto& all = roster()->guests;
    std::vector<std::uint32_t> order = guests_;
    std::ranges::sort(order, {}, [&](std::uint32_t row) { return census_.uuid(row); });
    TakenNames taken;
    std::vector<std::pair<std::uint32_t, GuestFields>> changed;
    for (const std::uint32_t row : order) {
        GuestFields fields = guest_fields(options, all[row].name, all[row].uuid, hostname);
        if (says_all_of(fields, options.host, all[row].name)) name_guest(row, std::move(fields), taken);
        else changed.emplace_back(row, std::move(fields));
    }
    for (auto& [row, fields] : changed) {
        name_guest(row, std::move(fields), taken);
        notes_.push_back(fmt::format("guest {} ({}) is called {}", census_.guest(row), census_.uuid(row), fields_[row].host));
    }
}

void Plan::name_guest(std::uint32_t row, GuestFields fields, TakenNames& taken) {
    constexpr std::size_t shown_of_uuid = 8;
    const std::string& uuid = census_.uuid(row);
    const std::string host = fields.host;
    for (unsigned attempt = 0; !taken.take(fields); ++attempt) {
        const std::string number = attempt > 1 ? fmt::format("#{}", attempt) : "";
        fields.host = marked(host, "#" + uuid.substr(0, attempt == 0 ? shown_of_uuid : uuid_length) + number);
    }
    if (fields.host != host) {
        notes_.push_back(fmt::format("guest {} ({}) is called {}: another one is called {}", census_.guest(row), uuid,
                                     fields.host, host));
    }
    fields_[row] = std::move(fields);
}

std::string Plan::raw_name(Scope scope, std::uint32_t row, const Options& options) const {
    const Roster& who = *roster();
    if (scope == Scope::Disk && options.disk_name == DiskName::source && !who.disks[row].source.empty()) {
        const std::string& source = who.disks[row].source;
        return options.disk_basename ? source.substr(source.rfind('/') + 1) : source;
    }
    if (scope == Scope::Nic && options.nic_name == NicName::number)
        return fmt::format("interface-{}", place_in_guest(who, scope, row));
    return census_.instance(scope, row);
}

void Plan::name_instances(Scope scope, const Options& options) {
    const Roster& who = *roster();
    const Selected& selected = scope == Scope::Disk ? options.disks : options.nics;
    auto& into = instances_[static_cast<std::size_t>(scope)];
    TakenNames taken;
    for (const std::uint32_t row : census_.rows(scope)) {
        const std::uint32_t guest = who.instances(scope)[row].guest;
        if (fields_[guest].host.empty()) continue;
        const std::string raw = raw_name(scope, row, options);
        if (scope != Scope::Vcpu && !selected.keeps(who.guests[guest].name + ":" + raw, options.ignore_selected)) continue;
        Instance instance{.row = row, .guest = guest, .name = field(raw), .flush = field("flush-" + raw)};
        const std::string owner = std::to_string(guest) + '/';
        const Instance wanted = instance;
        for (std::uint32_t number = place_in_guest(who, scope, row); !taken.take(owner + instance.name, owner + instance.flush);
             ++number) {
            instance.name = marked(wanted.name, fmt::format("#{}", number));
            instance.flush = marked(wanted.flush, fmt::format("#{}", number));
        }
        into.push_back(std::move(instance));
    }
}

}  // namespace virtscope::exporters::collectd
