#include "agent/ctl/monitor_plan.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <iterator>
#include <set>

#include "core/guest_pattern.h"
#include "core/object_name.h"
#include "core/quantity.h"
#include "core/text.h"

namespace virtscope {
namespace {

constexpr std::array<std::string_view, 14> of_guests{"state",      "cpu",      "steal",  "memory", "balloon",
                                                     "block",      "net",      "responsive", "restarts", "uptime",
                                                     "events",     "console",  "fs",     "guest-agent"};
constexpr std::array<std::string_view, 7> usual{"cpu", "steal", "memory", "block", "net", "responsive", "restarts"};
// What Xen tells of no domain: see docs/metrics.md.
constexpr std::array<std::string_view, 4> untold_by_xen{"steal", "memory", "fs", "guest-agent"};
constexpr std::array<std::string_view, 5> of_host{"agent", "host", "responsive", "console", "events"};

// The ring's path is part of command lines: there must be nothing in it that a monitor or a shell reads as its own.
Result<std::string> plain_path(const std::string& ring) {
    std::string path = std::filesystem::absolute(ring).lexically_normal();
    constexpr std::string_view plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/._-+:@";
    if (path.find_first_not_of(plain) == std::string::npos) return path;
    return fail(ErrorKind::malformed, "--ring {}: a path for command lines of a monitor: letters, digits and /._-+:@ only",
                printable(path));
}

Result<std::string> given_name(const char* option, const std::string& name) {
    if (legal_object_name(name) == name) return name;
    return fail(ErrorKind::malformed, "{} {}: want letters, digits and ._-:@+ only, 64 bytes at most", option,
                printable(name));
}

Result<double> minutes_of(const std::string& text) {
    const auto time = parse_duration(text);
    if (!time) return fail(ErrorKind::malformed, "--check-interval: {}", time.error().message);
    const double minutes = std::chrono::duration<double, std::ratio<60>>(*time).count();
    if (minutes >= 1.0 / 60 && minutes <= 24 * 60) return minutes;
    return fail(ErrorKind::malformed, "--check-interval {}: want 1s to 24h", printable(text));
}

Result<std::vector<std::string>> chosen_services(const std::vector<std::string>& words) {
    if (words.empty()) return std::vector<std::string>(usual.begin(), usual.end());
    std::vector<std::string> services;
    for (const std::string& word : words) {
        if (std::ranges::find(of_guests, word) == of_guests.end()) {
            return fail(ErrorKind::malformed, "--services {}: want some of {}", printable(word),
                        fmt::join(of_guests, ", "));
        }
        if (std::ranges::find(services, word) == services.end()) services.push_back(word);
    }
    return services;
}

Result<std::vector<GuestPattern>> patterns_of(const char* option, const std::vector<std::string>& texts) {
    std::vector<GuestPattern> patterns;
    for (const std::string& text : texts) {
        auto pattern = GuestPattern::parse(text);
        if (!pattern) return fail(ErrorKind::malformed, "{}: {}", option, pattern.error().message);
        patterns.push_back(std::move(*pattern));
    }
    return patterns;
}

bool is_off(const RosterGuest& guest) { return guest.generation == 0; }

// Whether the mode `block` can judge the guest: of one disk without a latency its check is UNKNOWN. Which disks have one
// depends on their backends.
bool has_latencies(const Frame& newest, const RosterGuest& guest) {
    for (std::size_t disk = guest.first_disk; disk < guest.first_disk + guest.disks; ++disk) {
        if (!newest.get(disk, DiskMetric::read_time) || !newest.get(disk, DiskMetric::write_time)) return false;
    }
    return guest.disks > 0;
}

std::vector<std::string> untold_of(const Frame& newest, const RosterGuest& guest, const std::vector<std::string>& services) {
    std::vector<std::string> untold;
    if (guest.driver != "xen") return untold;
    for (const std::string& mode : services) {
        const bool is_untold = std::ranges::find(untold_by_xen, mode) != untold_by_xen.end();
        if (is_untold || (mode == "block" && !has_latencies(newest, guest))) untold.push_back(mode);
    }
    return untold;
}

bool is_the_host(const RosterGuest& guest) {
    return is_domain_0(guest.driver, guest.uuid, guest.local_id, guest.generation);
}

// Which guests.
Result<> take_guests(const MonitorWords& words, const Frame& newest, const std::vector<std::string>& known,
                     MonitorPlan& plan) {
    const Roster& roster = *newest.roster;
    const auto wanted = patterns_of("--guest", words.guests);
    if (!wanted) return std::unexpected(wanted.error());
    const auto excluded = patterns_of("--exclude", words.excluded);
    if (!excluded) return std::unexpected(excluded.error());
    for (const GuestPattern& pattern : *wanted) {
        const auto meant = [&](const RosterGuest& guest) { return pattern.means(guest); };
        if (std::ranges::any_of(roster.guests, meant)) continue;
        return fail(ErrorKind::absent, "--guest {}: no such guest; see virtscope list --all", printable(pattern.text()));
    }
    const std::set<std::string> before(known.begin(), known.end());
    const std::vector<std::string> names = object_names(roster);
    std::set<Uuid> seen;
    for (std::size_t i = 0; i < roster.guests.size(); ++i) {
        const RosterGuest& guest = roster.guests[i];
        if (is_the_host(guest) || any_means(*excluded, guest) || !seen.insert(guest.uuid).second) continue;
        if (!wanted->empty() && !any_means(*wanted, guest)) continue;
        const std::string uuid = guest.uuid.text();
        if (is_off(guest) && !words.all && !before.contains(uuid)) continue;
        if (names[i] == plan.host) {
            return fail(ErrorKind::malformed, "--host-name {}: a guest has that name: give another", plan.host);
        }
        plan.guests.push_back({names[i], uuid, untold_of(newest, guest, plan.services)});
    }
    std::ranges::sort(plan.guests, {}, [](const MonitoredGuest& guest) { return std::tie(guest.name, guest.uuid); });
    return {};
}

}  // namespace

std::span<const std::string_view> guest_modes() { return of_guests; }
std::span<const std::string_view> usual_guest_services() { return usual; }
std::span<const std::string_view> host_services() { return of_host; }

std::vector<std::string> services_of(const MonitorPlan& plan, const MonitoredGuest& guest) {
    std::vector<std::string> services;
    std::ranges::copy_if(plan.services, std::back_inserter(services), [&](const std::string& mode) {
        return std::ranges::find(guest.untold, mode) == guest.untold.end();
    });
    return services;
}

bool anybody_gets(const MonitorPlan& plan, std::string_view mode) {
    return std::ranges::any_of(plan.guests, [&](const MonitoredGuest& guest) {
        return std::ranges::find(guest.untold, mode) == guest.untold.end();
    });
}

std::vector<std::string> fed_services(const MonitorPlan& plan) {
    std::vector<std::string> fed;
    if (!plan.passive) return fed;
    std::ranges::copy_if(plan.services, std::back_inserter(fed),
                         [&](const std::string& mode) { return anybody_gets(plan, mode); });
    return fed;
}

Result<MonitorPlan> plan_of(const MonitorWords& words, const std::string& ring, const Frame& newest,
                            const std::vector<std::string>& known) {
    MonitorPlan plan{.host = legal_object_name(newest.roster->host.name), .passive = words.passive};
    if (!words.host_name.empty()) {
        const auto name = given_name("--host-name", words.host_name);
        if (!name) return std::unexpected(name.error());
        plan.host = *name;
    }
    if (!words.contact_group.empty()) {
        const auto name = given_name("--contact-group", words.contact_group);
        if (!name) return std::unexpected(name.error());
        plan.contact_group = *name;
    }
    const auto path = plain_path(ring);
    if (!path) return std::unexpected(path.error());
    plan.ring = *path;
    const auto minutes = minutes_of(words.interval);
    if (!minutes) return std::unexpected(minutes.error());
    plan.minutes = *minutes;
    auto services = chosen_services(words.services);
    if (!services) return std::unexpected(services.error());
    plan.services = std::move(*services);
    if (auto taken = take_guests(words, newest, known, plan); !taken) return std::unexpected(taken.error());
    return plan;
}

}  // namespace virtscope
