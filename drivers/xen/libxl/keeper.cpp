#include "drivers/xen/libxl/keeper.h"

#include <fcntl.h>
#include <syslog.h>
#include <unistd.h>
#include <algorithm>
#include <chrono>
#include <optional>
#include <thread>

#include "core/text.h"
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

void note(int priority, const std::string& text) { ::syslog(LOG_DAEMON | priority, "%s", text.c_str()); }

// Events about a domain's end, for as long as this lasts.
class Death {
public:
    Death(libxl_ctx* context, std::uint32_t domid) : context_(context) {
        good_ = libxl_evenable_domain_death(context, domid, 0, &watch_) == 0;
    }
    ~Death() {
        if (watch_ != nullptr) libxl_evdisable_domain_death(context_, watch_);
        libxl_event* event = nullptr;
        while (libxl_event_check(context_, &event, LIBXL_EVENTMASK_ALL, nullptr, nullptr) == 0) libxl_event_free(context_, event);
    }
    Death(const Death&) = delete;
    Death& operator=(const Death&) = delete;
    bool is_watched() const { return good_; }

private:
    libxl_ctx* context_;
    libxl_evgen_domain_death* watch_ = nullptr;
    bool good_ = false;
};

class Keeper {
public:
    Keeper(libxl_ctx* context, Log& log, std::uint32_t domid, const Uuid& uuid)
        : context_(context), log_(log), domid_(domid), uuid_(uuid), name_(name_now()) {}

    int run() {
        for (bool first = true;; first = false) {
            std::optional<Death> death(std::in_place, context_, domid_);
            if (!death->is_watched() || !is_there()) return 1;
            if (first) tell_begun();
            const auto reason = wait_for_end();
            death.reset();
            if (!reason) return 0;  // somebody destroyed it
            if (*reason == LIBXL_SHUTDOWN_REASON_SUSPEND ? !wait_for_resume() : !end(*reason)) return 0;
        }
    }

private:
    static void tell_begun() {
        (void)!::write(STDOUT_FILENO, "k", 1);  // nobody may be there to hear it
        const int nowhere = ::open("/dev/null", O_WRONLY | O_CLOEXEC);
        if (nowhere >= 0) ::dup2(nowhere, STDOUT_FILENO);
        if (nowhere > STDERR_FILENO) ::close(nowhere);
    }

    std::string name_now() const {
        char* const name = libxl_domid_to_name(context_, domid_);
        std::string found = text_of(name);
        std::free(name);
        return found;
    }

    // None: it has gone.
    std::optional<libxl_dominfo> look() const {
        libxl_dominfo info;
        libxl_dominfo_init(&info);
        const bool found = libxl_domain_info(context_, &info, domid_) == 0 && uuid_of(info.uuid) == uuid_ && !info.dying;
        std::optional<libxl_dominfo> copy;
        if (found) copy = info;
        libxl_dominfo_dispose(&info);
        return copy;
    }
    bool is_there() const { return look().has_value(); }

    std::string who() const { return fmt::format("{} (domain {})", printable(name_, 64), domid_); }

    // None: it was destroyed before, or nothing can be learned any more.
    std::optional<int> wait_for_end() {
        for (;;) {
            libxl_event* event = nullptr;
            if (libxl_event_wait(context_, &event, LIBXL_EVENTMASK_ALL, nullptr, nullptr) != 0) {
                note(LOG_ERR, fmt::format("{}: its end cannot be waited for: {}", who(), log_.first()));
                return std::nullopt;
            }
            std::optional<int> reason;
            const bool gone = event->type == LIBXL_EVENT_TYPE_DOMAIN_DEATH;
            if (event->type == LIBXL_EVENT_TYPE_DOMAIN_SHUTDOWN) reason = event->u.domain_shutdown.shutdown_reason;
            libxl_event_free(context_, event);
            if (gone || reason) return reason;
        }
    }

    // It is being saved: it goes, or goes on when that failed. False: it went.
    bool wait_for_resume() const {
        for (;; std::this_thread::sleep_for(500ms)) {
            const auto now = look();
            if (!now) return false;
            if (!now->shutdown || now->shutdown_reason != LIBXL_SHUTDOWN_REASON_SUSPEND) return true;
        }
    }

    // False: there is nothing more to keep.
    bool end(int reason) {
        Config config;
        if (libxl_retrieve_domain_configuration(context_, domid_, config.get(), nullptr) != 0) {
            note(LOG_ERR, fmt::format("{} has ended and its configuration cannot be read: {}", who(), log_.first()));
            return false;
        }
        libxl_action_on_shutdown action = action_for(reason, *config.get());
        note(LOG_INFO, fmt::format("{} has ended ({}): {}", who(), reason_name(reason), name_of(action)));
        if (action == LIBXL_ACTION_ON_SHUTDOWN_COREDUMP_DESTROY || action == LIBXL_ACTION_ON_SHUTDOWN_COREDUMP_RESTART) {
            dump_core();
            action = action == LIBXL_ACTION_ON_SHUTDOWN_COREDUMP_RESTART ? LIBXL_ACTION_ON_SHUTDOWN_RESTART
                                                                         : LIBXL_ACTION_ON_SHUTDOWN_DESTROY;
        }
        switch (action) {
            case LIBXL_ACTION_ON_SHUTDOWN_PRESERVE: return false;
            case LIBXL_ACTION_ON_SHUTDOWN_SOFT_RESET: return soft_reset(config);
            case LIBXL_ACTION_ON_SHUTDOWN_RESTART_RENAME: return put_aside(config) && restart(config);
            case LIBXL_ACTION_ON_SHUTDOWN_RESTART: return destroy() && restart(config);
            default: (void)destroy(); return false;
        }
    }

    static std::string reason_name(int reason) {
        return text_of(libxl_shutdown_reason_to_string(static_cast<libxl_shutdown_reason>(reason)));
    }

    static libxl_action_on_shutdown action_for(int reason, const libxl_domain_config& config) {
        switch (reason) {
            case LIBXL_SHUTDOWN_REASON_POWEROFF: return config.on_poweroff;
            case LIBXL_SHUTDOWN_REASON_REBOOT: return config.on_reboot;
            case LIBXL_SHUTDOWN_REASON_CRASH: return config.on_crash;
            case LIBXL_SHUTDOWN_REASON_WATCHDOG: return config.on_watchdog;
            case LIBXL_SHUTDOWN_REASON_SOFT_RESET: return config.on_soft_reset;
            default: return LIBXL_ACTION_ON_SHUTDOWN_DESTROY;
        }
    }

    bool destroy() {
        log_.clear();
        const int code = libxl_domain_destroy(context_, domid_, nullptr);
        if (code == 0 || code == ERROR_DOMAIN_NOTFOUND) return true;
        note(LOG_ERR, fmt::format("{} cannot be destroyed: {}", who(), log_.first()));
        return false;
    }

    void dump_core() {
        std::string name = name_;
        std::ranges::replace(name, '/', '_');
        const std::string path = "/var/lib/xen/dump/" + name;
        log_.clear();
        const int code = libxl_domain_core_dump(context_, domid_, path.c_str(), nullptr);
        if (code == 0) note(LOG_NOTICE, fmt::format("{}: its memory is in {}", who(), printable(path)));
        else note(LOG_ERR, fmt::format("{}: its memory cannot be written to {}: {}", who(), printable(path), log_.first()));
    }

    // The dead domain stays, with another name and UUID.
    bool put_aside(Config& config) {
        libxl_uuid fresh;
        libxl_uuid_generate(&fresh);
        const std::string suffix = fmt::format("-ended-{}", domid_);
        log_.clear();
        if (libxl_domain_preserve(context_, domid_, &config->c_info, suffix.c_str(), fresh) == 0) return true;
        note(LOG_ERR, fmt::format("{} cannot be put aside and is not restarted: {}", who(), log_.first()));
        return false;
    }

    bool soft_reset(Config& config) {
        log_.clear();
        if (libxl_domain_soft_reset(context_, config.get(), domid_, nullptr, nullptr) != 0) {
            note(LOG_ERR, fmt::format("{} cannot be reset: {}", who(), log_.first()));
            return false;
        }
        return unpause();
    }

    bool unpause() {
        if (libxl_domain_unpause(context_, domid_, nullptr) == 0) return true;
        note(LOG_ERR, fmt::format("{} cannot be unpaused: {}", who(), log_.first()));
        return false;
    }

    // Its memory may still be mapped by a backend, and Xen needs it for the next run.
    void wait_for_departure() const {
        for (const auto until = Steady::now() + departure; Steady::now() < until; std::this_thread::sleep_for(100ms)) {
            libxl_dominfo info;
            libxl_dominfo_init(&info);
            const bool gone = libxl_domain_info(context_, &info, domid_) == ERROR_DOMAIN_NOTFOUND || uuid_of(info.uuid) != uuid_;
            libxl_dominfo_dispose(&info);
            if (gone) return;
        }
    }

    bool restart(Config& config) {
        if (Steady::now() - begun_ < short_life) std::this_thread::sleep_for(restart_pause);
        wait_for_departure();
        const std::string before = who();
        for (int attempt = 1;; ++attempt) {
            log_.clear();
            const auto lock = lock_making();
            std::uint32_t made = INVALID_DOMID;
            const int code = lock ? libxl_domain_create_new(context_, config.get(), &made, nullptr, nullptr) : ERROR_LOCK_FAIL;
            if (code == 0) {
                domid_ = made;
                break;
            }
            if (libxl_domid_valid_guest(made) != 0) libxl_domain_destroy(context_, made, nullptr);
            if (attempt < restart_attempts) {
                std::this_thread::sleep_for(2s);  // devices may be on their way out a little longer
                continue;
            }
            note(LOG_ERR, fmt::format("{} cannot be restarted: {}", before, lock ? log_.first() : lock.error().message));
            return false;
        }
        begun_ = Steady::now();
        note(LOG_INFO, fmt::format("{} was restarted as domain {}", before, domid_));
        return unpause();
    }

    libxl_ctx* context_;
    Log& log_;
    std::uint32_t domid_;
    Uuid uuid_;
    std::string name_;
    Steady::time_point begun_ = Steady::now();
};

}  // namespace

int keep(std::uint32_t domid, const Uuid& uuid) {
    ::openlog("virtscope-libxl", LOG_PID, LOG_DAEMON);
    if (::chdir("/") != 0) return 1;
    Log log;
    const auto context = open_context(log);
    if (!context) {
        note(LOG_ERR, fmt::format("domain {} cannot be kept: {}", domid, context.error().message));
        return 1;
    }
    return Keeper(context->get(), log, domid, uuid).run();
}

}  // namespace virtscope::libxl
