// virtscope info [GUEST]: everything the newest frame says about one guest, or about the host and the agent.
#include "agent/ctl/commands.h"
#include "agent/ctl/guest_lookup.h"
#include "agent/ctl/newest.h"
#include "agent/ctl/output.h"

namespace virtscope {
namespace {

void add_rows(std::vector<std::vector<std::string>>& out, const std::string& prefix, const Frame& frame, Scope scope,
              std::size_t row) {
    const auto columns = metrics(scope);
    for (std::size_t c = 0; c < columns.size(); ++c) {
        const auto value = frame.table(scope).get(row, c);
        if (value) out.push_back({prefix + std::string(columns[c].name), human_value(columns[c], *value)});
    }
}

Json guest_json(const Frame& frame, std::size_t row) {
    const RosterGuest& guest = frame.roster->guests[row];
    Json about{{"name", guest.name},
               {"uuid", guest.uuid.text()},
               {"driver", guest.driver},
               {"id", guest.local_id},
               {"machine", guest.machine},
               {"note", guest.note},
               {"quality", quality_name(frame.table(Scope::Guest).row(row).quality)}};
    about.update(cells_json(frame, Scope::Guest, row));
    Json json{{"time", iso_time(frame.realtime)}, {"sequence", frame.sequence}, {"guest", std::move(about)}};
    for (const GuestList& part : guest_lists) {
        Json list = Json::array();
        for (std::uint32_t r = guest.*part.first; r < guest.*part.first + guest.*part.count; ++r) {
            const RosterInstance& instance = ((*frame.roster).*part.all)[r];
            Json one{{"name", instance.name},
                     {"source", instance.source},
                     {"quality", quality_name(frame.table(part.scope).row(r).quality)}};
            one.update(cells_json(frame, part.scope, r));
            list.push_back(std::move(one));
        }
        json[std::string(part.title)] = std::move(list);
    }
    return json;
}

void print_guest(const Frame& frame, std::size_t row) {
    const RosterGuest& guest = frame.roster->guests[row];
    std::vector<std::vector<std::string>> rows{{"name", guest.name},
                                               {"uuid", guest.uuid.text()},
                                               {"driver", guest.driver},
                                               {"id", std::to_string(guest.local_id)},
                                               {"machine", guest.machine.empty() ? "-" : guest.machine}};
    if (!guest.note.empty()) rows.push_back({"note", guest.note});
    add_rows(rows, "", frame, Scope::Guest, row);
    for (const GuestList& part : guest_lists) {
        for (std::uint32_t r = guest.*part.first; r < guest.*part.first + guest.*part.count; ++r) {
            const RosterInstance& instance = ((*frame.roster).*part.all)[r];
            add_rows(rows, fmt::format("{} {} ", scope_name(part.scope), instance.name), frame, part.scope, r);
        }
    }
    print_table(rows);
}

Json rows_json(const Frame& frame, const HostList& list) {
    Json rows = Json::array();
    const auto& instances = (*frame.roster).*list.all;
    for (std::size_t row = 0; row < instances.size(); ++row) {
        Json one{{"name", instances[row].name}};
        one.update(cells_json(frame, list.scope, row));
        rows.push_back(std::move(one));
    }
    return rows;
}

Json host_json(const Frame& frame) {
    const RosterHost& host = frame.roster->host;
    Json about{{"name", host.name}, {"arch", host.arch}, {"kernel", host.kernel}, {"hypervisor", host.hypervisor}};
    about.update(cells_json(frame, Scope::Host, 0));
    Json json{{"time", iso_time(frame.realtime)},
              {"sequence", frame.sequence},
              {"host", std::move(about)},
              {"agent", cells_json(frame, Scope::Agent, 0)}};
    for (const HostList& list : host_lists) json[std::string(list.title)] = rows_json(frame, list);
    return json;
}

void print_host(const Frame& frame) {
    const RosterHost& host = frame.roster->host;
    std::vector<std::vector<std::string>> rows{
        {"name", host.name}, {"arch", host.arch}, {"kernel", host.kernel}, {"hypervisor", host.hypervisor}};
    add_rows(rows, "", frame, Scope::Host, 0);
    add_rows(rows, "agent ", frame, Scope::Agent, 0);
    for (const HostList& list : host_lists) {
        const auto& instances = (*frame.roster).*list.all;
        for (std::size_t row = 0; row < instances.size(); ++row) {
            add_rows(rows, fmt::format("{} {} ", scope_name(list.scope), instances[row].name), frame, list.scope, row);
        }
    }
    print_table(rows);
}

}  // namespace

int run_info(const Request& request) {
    const auto pair = newest_pair(request.ring);
    if (!pair) return complain(pair.error(), exit_no_ring);
    const Frame& frame = *pair->now();
    const bool json = request.format == Format::json;
    if (request.subject.empty()) {
        json ? print_json(host_json(frame)) : print_host(frame);
        return exit_done;
    }
    const auto row = find_guest(*frame.roster, request.subject);
    if (!row) return complain(row.error(), exit_not_well);
    json ? print_json(guest_json(frame, *row)) : print_guest(frame, *row);
    return exit_done;
}

}  // namespace virtscope
