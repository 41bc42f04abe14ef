#include "drivers/qemu/definitions/folder_watch.h"

#include <sys/inotify.h>
#include <unistd.h>
#include <array>
#include <cerrno>

namespace virtscope::qemu {

// Returns whether the folder is watched now.
bool FolderWatch::begin() {
    Fd made(::inotify_init1(IN_NONBLOCK | IN_CLOEXEC));
    constexpr unsigned what =
        IN_CLOSE_WRITE | IN_MOVE | IN_CREATE | IN_DELETE | IN_ATTRIB | IN_DELETE_SELF | IN_MOVE_SELF | IN_ONLYDIR;
    if (!made || ::inotify_add_watch(made.get(), folder_.c_str(), what) < 0) return false;
    inotify_ = std::move(made);
    return true;
}

bool FolderWatch::changed() {
    if (!inotify_) {
        // Each tick asks: no descriptor is made for what is not there.
        if (absent_ && ::access(folder_.c_str(), F_OK) != 0 && errno == ENOENT) return false;
        const bool was_absent = absent_;
        absent_ = !begin() && errno == ENOENT;
        return !(absent_ && was_absent);
    }
    alignas(inotify_event) std::array<char, 4096> events{};
    bool any = false;
    bool gone = false;
    for (ssize_t got = 0; (got = ::read(inotify_.get(), events.data(), events.size())) > 0;) {
        any = true;
        for (ssize_t at = 0; at < got;) {
            // The kernel aligns each event within what it returns.
            const auto* event = reinterpret_cast<const inotify_event*>(events.data() + at);
            gone = gone || (event->mask & (IN_DELETE_SELF | IN_MOVE_SELF | IN_IGNORED)) != 0;
            at += static_cast<ssize_t>(sizeof *event + event->len);
        }
    }
    if (gone) inotify_ = Fd();
    return any;
}

}  // namespace virtscope::qemu
