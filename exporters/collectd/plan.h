// Plan: who of a roster is sent under which identifiers. Made once a roster.
//
// No two guests share host and plugin instance, no two devices of a guest their instance, whatever they are called:
// where that would be so, the later ones (of guests by UUID, those whose names had to be changed after all others) have
// "#" and the beginning of their UUID, or their number, at the end.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "exporters/base/census.h"
#include "exporters/collectd/options.h"

namespace virtscope::exporters::collectd {

struct GuestFields {
    std::string host;
    std::string plugin_instance;

    bool operator==(const GuestFields&) const = default;
};

// What a guest is called by itself, without regard to others. `hostname`: the host's, as collectd knows it.
GuestFields guest_fields(const Options& options, std::string_view name, const Uuid& uuid, std::string_view hostname);

struct Instance {
    std::uint32_t row;
    std::uint32_t guest;  // index into the roster
    std::string name;     // "vda"
    std::string flush;    // of disks: "flush-vda"
};

class Plan {
public:
    Plan(RosterPtr roster, const Filter& filter, const Options& options, std::string_view hostname);

    const RosterPtr& roster() const { return census_.roster(); }
    // Rows of the guests that are sent.
    std::span<const std::uint32_t> guests() const { return guests_; }
    const GuestFields& fields(std::uint32_t guest) const { return fields_[guest]; }
    // Vcpu, Disk, Nic: of guests that are sent.
    std::span<const Instance> instances(Scope scope) const { return instances_[static_cast<std::size_t>(scope)]; }
    // Lines for the log: whose identifiers do not say its whole name.
    const std::vector<std::string>& notes() const { return notes_; }

private:
    void name_guests(const Options& options, std::string_view hostname);
    void name_guest(std::uint32_t row, GuestFields fields, class TakenNames& taken);
    void name_instances(Scope scope, const Options& options);
    std::string raw_name(Scope scope, std::uint32_t row, const Options& options) const;

    Census census_;
    std::vector<std::uint32_t> guests_;
    std::vector<GuestFields> fields_;  // by the roster's rows; empty for those who are not sent
    std::array<std::vector<Instance>, scope_count> instances_;
    std::vector<std::string> notes_;
};

}  // namespace virtscope::exporters::collectd
