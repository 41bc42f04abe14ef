#include "exporters/prometheus/inovex_words.h"

#include <initializer_list>

namespace virtscope::exporters {
namespace {

// libvirt's number of a state (virDomainState) and what the original calls it.
struct LibvirtState {
    std::uint64_t code;
    std::string_view text;
};
LibvirtState libvirt_state(GuestState state) {
    switch (state) {
        case GuestState::running: return {1, "the domain is running"};
        case GuestState::blocked: return {2, "the domain is blocked on resource"};
        case GuestState::paused:
        case GuestState::paused_io:
        case GuestState::migrating: return {3, "the domain is paused by user"};
        case GuestState::shutting_down: return {4, "the domain is being shut down"};
        case GuestState::shut_off: return {5, "the domain is shut off"};
        case GuestState::crashed: return {6, "the domain is crashed"};
        case GuestState::suspended: return {7, "the domain is suspended by guest power management"};
        case GuestState::unknown: break;
    }
    return {0, "no state"};
}

std::string text_of(std::initializer_list<Label> labels) {
    std::string text;
    append_labels(text, std::span(labels.begin(), labels.size()));
    return text;
}

void write_state(const PageWriter& writer, const Frame& frame, const Census& census, const InovexTexts& texts) {
    constexpr Heading heading{"libvirt_domain_info_state", "libvirt_domain_info_state", Type::gauge, "",
                              "Code of the domain state, as libvirt numbers them"};
    writer.family(heading, [&](FamilyWriter& family) {
        for (const std::uint32_t row : census.rows(Scope::Guest)) {
            const auto cell = frame.get(row, GuestMetric::state);
            if (!cell) continue;
            const LibvirtState state = libvirt_state(state_of(*cell));
            family.sample(text_of({{"domain", texts.domain(row)}, {"state_desc", state.text}}), state.code, 1);
        }
    });
}

void write_used_percent(const PageWriter& writer, const Frame& frame, const Census& census, const LabelTexts& labels) {
    constexpr Heading heading{"libvirt_domain_memory_stats_used_percent", "libvirt_domain_memory_stats_used_percent",
                              Type::gauge, "", "Share of the domain's memory that is not usable any more, in percent"};
    const auto rows = census.rows(Scope::Guest);
    writer.family(heading, [&](FamilyWriter& family) {
        for (std::size_t i = 0; i < rows.size(); ++i) {
            const auto available = frame.get(rows[i], GuestMetric::memory_available);
            const auto usable = frame.get(rows[i], GuestMetric::memory_usable);
            if (!available || !usable || *available == 0) continue;
            const double share = static_cast<double>(*usable) / static_cast<double>(*available);
            family.sample(labels.at(Scope::Guest, i), (1 - share) * 100);
        }
    });
}

void write_infos(const PageWriter& writer, const Census& census, const InovexTexts& texts) {
    const Roster& roster = *census.roster();
    writer.family({"libvirt_domain", "libvirt_domain_info", Type::info, "", "Architecture and machine of the domain"},
                  [&](FamilyWriter& family) {
                      for (const std::uint32_t row : census.rows(Scope::Guest)) {
                          family.sample(text_of({{"domain", texts.domain(row)},
                                                 {"os_type_arch", exported_text(roster.host.arch)},
                                                 {"os_type_machine", exported_text(roster.guests[row].machine)}}),
                                        1, 1);
                      }
                  });
    const auto sources = [&](const Heading& heading, Scope scope, std::string_view label) {
        writer.family(heading, [&](FamilyWriter& family) {
            for (const std::uint32_t row : census.rows(scope)) {
                const RosterInstance& instance = roster.instances(scope)[row];
                family.sample(text_of({{"domain", texts.domain(instance.guest)},
                                       {label, exported_text(instance.source)},
                                       {"target_device", census.instance(scope, row)}}),
                              1, 1);
            }
        });
    };
    sources({"libvirt_domain_block_stats", "libvirt_domain_block_stats_info", Type::info, "",
             "The image of a block device"},
            Scope::Disk, "source_file");
    sources({"libvirt_domain_interface_stats", "libvirt_domain_interface_stats_info", Type::info, "",
             "What an interface is connected to"},
            Scope::Nic, "source_bridge");
}

void write_up(const PageWriter& writer, bool is_up) {
    writer.one({"libvirt_up", "libvirt_up", Type::gauge, "", "1 if the values of the domains are current"},
               is_up ? 1 : 0);
}

}  // namespace

void write_inovex_words(const PageWriter& writer, const Frame& frame, const Census& census, const InovexTexts& texts) {
    write_up(writer, true);
    writer.one({"libvirt_domains", "libvirt_domains", Type::gauge, "", "Number of domains"},
               static_cast<double>(census.rows(Scope::Guest).size()));
    write_state(writer, frame, census, texts);
    write_infos(writer, census, texts);
    write_used_percent(writer, frame, census, texts.labels());
}

void write_inovex_down(const PageWriter& writer) { write_up(writer, false); }

}  // namespace virtscope::exporters
