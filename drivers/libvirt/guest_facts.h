// GuestFacts: virDomainGetGuestInfo's answer by libvirt's names ("fs.0.mountpoint"). A guest told it: texts are made
// printable and no list has more than 256 entries.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>

#include "drivers/libvirt/library.h"

namespace virtscope::libvirt {

class GuestFacts {
public:
    static constexpr unsigned most = 256;  // of each list

    explicit GuestFacts(std::span<const virTypedParameter> params);

    // Entries of a list: "fs".
    unsigned count(const std::string& list) const;
    // Empty where it is not told.
    std::string text(const std::string& name) const;
    std::optional<std::uint64_t> number(const std::string& name) const;

private:
    std::map<std::string, std::string> texts_;
    std::map<std::string, std::uint64_t> numbers_;
};

}  // namespace virtscope::libvirt
