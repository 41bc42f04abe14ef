#include "exporters/base/infos.h"

#include <array>
#include <initializer_list>
#include <utility>

#include "exporters/base/census.h"

namespace virtscope::exporters {
namespace {

using Said = std::pair<std::string_view, std::string_view>;

std::vector<InfoLabel> known(std::initializer_list<Said> said) {
    std::vector<InfoLabel> labels;
    for (const auto& [name, value] : said) {
        if (!value.empty()) labels.push_back({name, exported_text(value)});
    }
    return labels;
}

std::vector<InfoLabel> host_info(const Roster& roster, std::uint32_t) {
    const RosterHost& host = roster.host;
    return known({{"name", host.name}, {"arch", host.arch}, {"hypervisor", host.hypervisor}, {"kernel", host.kernel}});
}

std::vector<InfoLabel> guest_info(const Roster& roster, std::uint32_t row) {
    const RosterGuest& guest = roster.guests[row];
    const std::string id = guest.local_id == 0 ? "" : std::to_string(guest.local_id);
    return known({{"driver", guest.driver}, {"machine", guest.machine}, {"id", id}});
}

template <Scope scope>
std::vector<InfoLabel> source_info(const Roster& roster, std::uint32_t row) {
    return known({{"source", roster.instances(scope)[row].source}});
}

constexpr std::array families{
    InfoFamily{Scope::Host, "virt_host", "Names and versions of the host", host_info},
    InfoFamily{Scope::Guest, "virt_guest", "How the guest is run; id: what it is known by on this host now",
               guest_info},
    InfoFamily{Scope::Disk, "virt_disk", "The image or device behind a disk", source_info<Scope::Disk>},
    InfoFamily{Scope::Nic, "virt_nic", "What a network card is connected to", source_info<Scope::Nic>},
    InfoFamily{Scope::Filesystem, "virt_filesystem", "The device behind a filesystem", source_info<Scope::Filesystem>},
    InfoFamily{Scope::Display, "virt_display", "The address a display listens on", source_info<Scope::Display>},
};

}  // namespace

std::span<const InfoFamily> info_families() { return families; }

}  // namespace virtscope::exporters
