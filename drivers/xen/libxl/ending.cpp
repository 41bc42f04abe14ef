// What becomes of a domain that has ended.
#include <syslog.h>
#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <thread>

#include "core/text.h"
#include "drivers/xen/libxl/call.h"
#include "drivers/xen/libxl/kept.h"
#include "drivers/xen/libxl/making.h"

namespace virtscope::libxl {
namespace {

using namespace std::chrono_literals;
using Steady = std::chrono::steady_clock;

// A domain that ends this soon after its start would keep the host busy with restarts.
constexpr auto short_life = 10s;
constexpr auto restart_pause = 10s;
constexpr int restart_attempts = 2;
constexpr auto departure = 30s;  // of what was destroyed

std::string reason_name(int reason) {
    return text_of(libxl_shutdown_reason_to_string(static_cast<libxl_shutdown_reason>(reason)));
}

libxl_action_on_shutdown action_for(int reason, const libxl_domain_config& config) {
    switch (reason) {
        case LIBXL_SHUTDOWN_REASON_POWEROFF: return config.on_poweroff;
        case LIBXL_SHUTDOWN_REASON_REBOOT: return config.on_reboot;
        case LIBXL_SHUTDOWN_REASON_CRASH: return config.on_crash;
        case LIBXL_SHUTDOWN_REASON_WATCHDOG: return config.on_watchdog;
        case LIBXL_SHUTDOWN_REASON_SOFT_RESET: return config.on_soft_reset;
        default: return LIBXL_ACTION_ON_SHUTDOWN_DESTROY;
    }
}

bool destroy(Kept& kept) {
    kept.log.clear();
    const int code = libxl_domain_destroy(kept.context, kept.domid, nullptr);
    if (code == 0 || code == ERROR_DOMAIN_NOTFOUND) return true;
    note(LOG_ERR, fmt::format("{} cannot be destroyed: {}", kept.who(), kept.log.first()));
    return false;
}

void dump_core(Kept& kept) {
    std::string name = kept.name;
    std::ranges::replace(name, '/', '_');
    const std::string path = "/var/lib/xen/dump/" + name;
    kept.log.clear();
    const int code = libxl_domain_core_dump(kept.context, kept.domid, path.c_str(), nullptr);
    if (code == 0)
        note(LOG_NOTICE, fmt::format("{}: its memory is in {}", kept.who(), printable(path)));
    else
        note(LOG_ERR,
             fmt::format("{}: its memory cannot be written to {}: {}", kept.who(), printable(path), kept.log.first()));
}

// The dead domain stays, with another name and UUID.
bool put_aside(Kept& kept, Config& config) {
    libxl_uuid fresh;
    libxl_uuid_generate(&fresh);
    const std::string suffix = fmt::format("-ended-{}", kept.domid);
    kept.log.clear();
    if (libxl_domain_preserve(kept.context, kept.domid, &config->c_info, suffix.c_str(), fresh) == 0) return true;
    note(LOG_ERR, fmt::format("{} cannot be put aside and is not restarted: {}", kept.who(), kept.log.first()));
    return false;
}

bool unpause(Kept& kept) {
    if (libxl_domain_unpause(kept.context, kept.domid, nullptr) == 0) return true;
    note(LOG_ERR, fmt::format("{} cannot be unpaused: {}", kept.who(), kept.log.first()));
    return false;
}

bool soft_reset(Kept& kept, Config& config) {
    kept.log.clear();
    if (libxl_domain_soft_reset(kept.context, config.get(), kept.domid, nullptr, nullptr) != 0) {
        note(LOG_ERR, fmt::format("{} cannot be reset: {}", kept.who(), kept.log.first()));
        return false;
    }
    return unpause(kept);
}

// Its memory may still be mapped by a backend, and Xen needs it for the next run.
void wait_for_departure(const Kept& kept) {
    for (const auto until = Steady::now() + departure; Steady::now() < until; std::this_thread::sleep_for(100ms)) {
        Domain domain;
        const int code = libxl_domain_info(kept.context, domain.get(), kept.domid);
        const bool gone = code == ERROR_DOMAIN_NOTFOUND || uuid_of(domain->uuid) != kept.uuid;
        if (gone) return;
    }
}

bool restart(Kept& kept, Config& config) {
    if (Steady::now() - kept.begun < short_life) std::this_thread::sleep_for(restart_pause);
    wait_for_departure(kept);
    const std::string before = kept.who();
    for (int attempt = 1;; ++attempt) {
        kept.log.clear();
        const auto lock = lock_making();
        std::uint32_t made = no_domain;
        const int code =
            lock ? libxl_domain_create_new(kept.context, config.get(), &made, nullptr, nullptr) : ERROR_LOCK_FAIL;
        if (code == 0) {
            kept.domid = made;
            break;
        }
        if (libxl_domid_valid_guest(made) != 0) libxl_domain_destroy(kept.context, made, nullptr);
        if (attempt < restart_attempts) {
            std::this_thread::sleep_for(2s);  // devices may be on their way out a little longer
            continue;
        }
        note(LOG_ERR,
             fmt::format("{} cannot be restarted: {}", before, lock ? kept.log.first() : lock.error().message));
        return false;
    }
    kept.begun = Steady::now();
    note(LOG_INFO, fmt::format("{} was restarted as domain {}", before, kept.domid));
    return unpause(kept);
}

}  // namespace

std::string Kept::who() const { return fmt::format("{} (domain {})", printable(name, 64), domid); }

void note(int priority, const std::string& text) { ::syslog(LOG_DAEMON | priority, "%s", text.c_str()); }

bool end_run(Kept& kept, int reason) {
    Config config;
    if (libxl_retrieve_domain_configuration(kept.context, kept.domid, config.get(), nullptr) != 0) {
        note(LOG_ERR,
             fmt::format("{} has ended and its configuration cannot be read: {}", kept.who(), kept.log.first()));
        return false;
    }
    libxl_action_on_shutdown action = action_for(reason, *config.get());
    note(LOG_INFO, fmt::format("{} has ended ({}): {}", kept.who(), reason_name(reason), name_of(action)));
    if (action == LIBXL_ACTION_ON_SHUTDOWN_COREDUMP_DESTROY || action == LIBXL_ACTION_ON_SHUTDOWN_COREDUMP_RESTART) {
        dump_core(kept);
        action = action == LIBXL_ACTION_ON_SHUTDOWN_COREDUMP_RESTART ? LIBXL_ACTION_ON_SHUTDOWN_RESTART
                                                                     : LIBXL_ACTION_ON_SHUTDOWN_DESTROY;
    }
    switch (action) {
        case LIBXL_ACTION_ON_SHUTDOWN_PRESERVE: return false;
        case LIBXL_ACTION_ON_SHUTDOWN_SOFT_RESET: return soft_reset(kept, config);
        case LIBXL_ACTION_ON_SHUTDOWN_RESTART_RENAME: return put_aside(kept, config) && restart(kept, config);
        case LIBXL_ACTION_ON_SHUTDOWN_RESTART: return destroy(kept) && restart(kept, config);
        default: (void)destroy(kept); return false;
    }
}

}  // namespace virtscope::libxl
