// Census: who of a roster is exported, and how each is told from the others outside. Made once a roster, not once a
// frame.
//
// Names are as they leave the house: printable (core/text.h), at most 128 bytes, and no two rows of a scope with the
// same labels, whatever guests and devices are called: a guest's UUID tells it apart (a second one of the same UUID is
// left out), a device whose name another one of its guest has gets its row's number behind it. Of one guest
// most_instances of a kind are exported: none floods the others' storage. What is left out so is counted.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/roster.h"
#include "exporters/base/filter.h"

namespace virtscope::exporters {

inline constexpr std::size_t longest_name = 128;     // bytes, of every label's value
inline constexpr std::size_t most_instances = 1024;  // vCPUs, disks, network cards … of a guest

struct Label {
    std::string_view name;
    std::string_view value;  // printable; not escaped for any format

    bool operator==(const Label&) const = default;
};

// At most uuid, guest and the instance's own; views into the Census.
class Labels {
public:
    void add(std::string_view name, std::string_view value) { labels_.at(count_++) = {name, value}; }
    std::span<const Label> all() const { return std::span(labels_).first(count_); }

private:
    std::array<Label, 3> labels_{};
    std::size_t count_ = 0;
};

class Census {
public:
    Census(RosterPtr roster, const Filter& filter);

    const RosterPtr& roster() const { return roster_; }
    // Rows that are exported, in the roster's order; of host and agent their only one.
    std::span<const std::uint32_t> rows(Scope scope) const { return rows_[static_cast<std::size_t>(scope)]; }
    // Of a row that is exported: host and agent none; guest uuid, guest; vcpu, disk, nic and what else guests have these and their own;
    // cpu and node their own.
    Labels labels(Scope scope, std::uint32_t row) const;

    // Rows that the filter lets through and that are not exported all the same.
    std::size_t left_out() const { return left_out_; }

    // Names of exported rows.
    const std::string& uuid(std::uint32_t guest) const { return uuids_[guest]; }
    const std::string& guest(std::uint32_t guest) const { return guests_[guest]; }
    const std::string& instance(Scope scope, std::uint32_t row) const {
        return instances_[static_cast<std::size_t>(scope)][row];
    }

private:
    void take_guests(const Filter& filter);
    void take_instances(Scope scope, const Filter& filter);

    RosterPtr roster_;
    std::array<std::vector<std::uint32_t>, scope_count> rows_;
    std::array<std::vector<std::string>, scope_count> instances_;
    std::vector<std::string> uuids_, guests_;  // empty for a guest that is not exported
    std::size_t left_out_ = 0;
};

// Text of a roster as it is exported: printable, at most longest_name bytes.
std::string exported_text(std::string_view text);

}  // namespace virtscope::exporters
