// virtscope nagios-config: what a monitoring system is to watch, from the guests that are there.
#include <algorithm>
#include <cstdio>
#include <map>

#include <unistd.h>

#include "agent/ctl/commands.h"
#include "agent/ctl/config_folder.h"
#include "agent/ctl/monitor_text.h"
#include "agent/ctl/newest.h"
#include "agent/ctl/output.h"
#include "core/freshness.h"
#include "core/text.h"
#include "core/write_all.h"

namespace virtscope {
namespace {

using ByUuid = std::map<std::string, std::string>;  // to the name

ByUuid by_uuid(const std::vector<MonitoredGuest>& guests) {
    ByUuid names;
    for (const MonitoredGuest& guest : guests) names.emplace(guest.uuid, guest.name);
    return names;
}

// Names of the former file may have been written by anybody.
std::string shown(const std::string& name) { return printable(name, 128); }

void print_difference(const std::vector<MonitoredGuest>& before, const std::vector<MonitoredGuest>& after) {
    const ByUuid old_names = by_uuid(before);
    const ByUuid new_names = by_uuid(after);
    std::size_t added = 0, removed = 0, renamed = 0;
    for (const auto& [uuid, name] : new_names) {
        const auto old = old_names.find(uuid);
        if (old == old_names.end()) {
            ++added;
            if (!before.empty()) std::printf("added: %s (%s)\n", shown(name).c_str(), uuid.c_str());
        } else if (old->second != name) {
            ++renamed;
            std::printf("renamed: %s to %s (%s)\n", shown(old->second).c_str(), shown(name).c_str(), uuid.c_str());
        }
    }
    for (const auto& [uuid, name] : old_names) {
        if (new_names.contains(uuid)) continue;
        ++removed;
        std::printf("removed: %s (%s)\n", shown(name).c_str(), uuid.c_str());
    }
    std::printf("%zu guests: %zu added, %zu removed, %zu renamed\n", after.size(), added, removed, renamed);
}

void print_fate(const std::string& folder, const ConfigFile& file, Written written) {
    const char* const words = [&] {
        switch (written) {
            case Written::anew: return "written";
            case Written::replaced: return "written; the former is beside it as .old";
            case Written::unchanged: return "unchanged";
            case Written::kept: break;
        }
        return "kept: it was edited (--force replaces it)";
    }();
    std::printf("%s/%s: %s\n", folder.c_str(), file.name.c_str(), words);
}

int print_all(const std::vector<ConfigFile>& files) {
    std::string text;
    for (const ConfigFile& file : files) text += fmt::format("# {}\n{}", file.name, file.text);
    const auto done = write_all(STDOUT_FILENO, text, "standard output");
    return done ? exit_done : complain(done.error(), exit_not_well);
}

// Whom the former files told of alerts, where the command line does not say.
Result<std::string> former_contacts(const std::string& directory) {
    constexpr std::string_view key = "contact_groups";
    const auto former = content_of(directory, "virtscope-templates.cfg");
    if (!former) return std::unexpected(former.error());
    const std::size_t at = former->find(key);
    if (at == std::string::npos) return std::string();
    const std::size_t begin = std::min(former->find_first_not_of(" \t", at + key.size()), former->size());
    return former->substr(begin, former->find('\n', begin) - begin);
}

int code_of(const Error& error) { return error.kind == ErrorKind::malformed ? exit_usage : exit_not_well; }

int write_and_tell(const MonitorWords& words, const std::vector<ConfigFile>& files,
                   const std::vector<MonitoredGuest>& before, const std::vector<MonitoredGuest>& after) {
    const auto fates = write_files(words.directory, files, words.force);
    if (!fates) return complain(fates.error(), exit_not_well);
    for (std::size_t i = 0; i < files.size(); ++i) print_fate(words.directory, files[i], (*fates)[i]);
    print_difference(before, after);
    return exit_done;
}

}  // namespace

int run_nagios_config(const Request& request) {
    MonitorWords words = request.monitor;
    const auto pair = newest_pair(request.ring);
    if (!pair) return complain(pair.error(), exit_no_ring);
    const Frame& frame = *pair->now();
    // Who was there when an agent died says nothing of who is there: no guest is forgotten because of that.
    if (!is_live(frame, read_now())) {
        return complain({ErrorKind::timeout, fmt::format("{}: last written {}; is virtscoped running?", request.ring,
                                                         iso_time(frame.realtime))},
                        exit_not_well);
    }
    std::vector<MonitoredGuest> before;
    if (!words.directory.empty()) {
        const auto former = content_of(words.directory, guests_file(words.format));
        if (!former) return complain(former.error(), exit_not_well);
        before = marked_guests(*former);
        const auto contacts = former_contacts(words.directory);
        if (!contacts) return complain(contacts.error(), exit_not_well);
        if (words.contact_group.empty()) words.contact_group = *contacts;
    }
    std::vector<std::string> known;
    known.reserve(before.size());
    for (const MonitoredGuest& guest : before) known.push_back(guest.uuid);
    const auto plan = plan_of(words, request.ring, frame, known);
    if (!plan) return complain(plan.error(), code_of(plan.error()));
    const auto files = words.format == "icinga2" ? icinga_files(*plan) : nagios_files(*plan);
    if (words.directory.empty()) return print_all(files);
    return write_and_tell(words, files, before, plan->guests);
}

}  // namespace virtscope
