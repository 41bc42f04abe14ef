#include "drivers/xen/libxl/keeper.h"

#include <fcntl.h>
#include <syslog.h>
#include <unistd.h>
#include <chrono>
#include <cstdlib>
#include <optional>
#include <thread>

#include "core/text.h"
#include "drivers/xen/libxl/call.h"
#include "drivers/xen/libxl/kept.h"

namespace virtscope::libxl {
namespace {

using namespace std::chrono_literals;

// Events about a domain's end, for as long as this lasts.
class Death {
public:
    Death(libxl_ctx* context, std::uint32_t domid) : context_(context) {
        good_ = libxl_evenable_domain_death(context, domid, 0, &watch_) == 0;
    }
    ~Death() {
        if (watch_ != nullptr) libxl_evdisable_domain_death(context_, watch_);
        libxl_event* event = nullptr;
        while (libxl_event_check(context_, &event, LIBXL_EVENTMASK_ALL, nullptr, nullptr) == 0)
            libxl_event_free(context_, event);
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
        : kept_{context, log, domid, uuid, "", std::chrono::steady_clock::now()} {
        kept_.name = name_now();
    }

    int run() {
        for (bool first = true;; first = false) {
            std::optional<Death> death(std::in_place, kept_.context, kept_.domid);
            if (!death->is_watched() || !is_there()) return 1;
            if (first) tell_begun();
            const auto reason = wait_for_end();
            death.reset();
            if (!reason) return 0;  // somebody destroyed it
            if (*reason == LIBXL_SHUTDOWN_REASON_SUSPEND ? !wait_for_resume() : !end_run(kept_, *reason)) return 0;
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
        char* const name = libxl_domid_to_name(kept_.context, kept_.domid);
        std::string found = text_of(name);
        std::free(name);
        return found;
    }

    // None: it has gone.
    std::optional<Domain> look() const {
        std::optional<Domain> found(std::in_place);
        const int code = libxl_domain_info(kept_.context, found->get(), kept_.domid);
        if (code != 0 || uuid_of((*found)->uuid) != kept_.uuid || (*found)->dying) return std::nullopt;
        return found;
    }
    bool is_there() const { return look().has_value(); }

    // None: it was destroyed before, or nothing can be learned any more.
    std::optional<int> wait_for_end() {
        for (;;) {
            libxl_event* event = nullptr;
            if (libxl_event_wait(kept_.context, &event, LIBXL_EVENTMASK_ALL, nullptr, nullptr) != 0) {
                note(LOG_ERR, fmt::format("{}: its end cannot be waited for: {}", kept_.who(), kept_.log.first()));
                return std::nullopt;
            }
            std::optional<int> reason;
            const bool gone = event->type == LIBXL_EVENT_TYPE_DOMAIN_DEATH;
            if (event->type == LIBXL_EVENT_TYPE_DOMAIN_SHUTDOWN) reason = event->u.domain_shutdown.shutdown_reason;
            libxl_event_free(kept_.context, event);
            if (gone || reason) return reason;
        }
    }

    // It is being saved: it goes, or goes on when that failed. False: it went.
    bool wait_for_resume() const {
        for (;; std::this_thread::sleep_for(500ms)) {
            const auto now = look();
            if (!now) return false;
            if (!(*now)->shutdown || (*now)->shutdown_reason != LIBXL_SHUTDOWN_REASON_SUSPEND) return true;
        }
    }

    Kept kept_;
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
