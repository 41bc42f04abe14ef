#include "drivers/xen/store_worker.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "core/clock.h"

namespace virtscope::xen {
namespace {

constexpr std::chrono::nanoseconds sign_of_life = std::chrono::seconds(1);

}  // namespace

StoreWorker::StoreWorker(const StorePace& pace, std::shared_ptr<StoreBoard> board)
    : pace_(pace), board_(std::move(board)), domains_(pace.again) {}

void StoreWorker::run() {
    while (!board_->is_ending()) {
        if (const auto connected = connect(); !connected) {
            pause(connected.error().message);
            continue;
        }
        while (!link_->is_broken()) round();
        link_.reset();
        if (board_->is_ending()) return;
        pause("the connection to xenstored broke; it is tried again (see systemctl status xenstored)");
    }
}

Result<> StoreWorker::connect() {
    if (!library_) {
        auto library = load_store_library(pace_.library);
        if (!library) return std::unexpected(library.error());
        library_ = *library;
    }
    auto link = StoreLink::open(*library_, board_->asking());
    if (!link) return std::unexpected(link.error());
    link_.emplace(std::move(*link));
    domains_.forget_watches();
    all_watched_ = false;
    watch_again_at_ = 0;
    trouble_.clear();
    changed_ = true;
    return {};
}

// Until it is time for the next attempt to connect. What is known remains: domains go on while xenstored does not.
void StoreWorker::pause(const std::string& trouble) {
    board_->publish(trouble);
    const std::int64_t until = clock_ns(CLOCK_MONOTONIC) + pace_.retry.count();
    while (!board_->is_ending()) {
        const std::int64_t left = until - clock_ns(CLOCK_MONOTONIC);
        if (left <= 0) return;
        if (!board_->wait(-1, std::chrono::nanoseconds(left))) continue;
        const auto wanted = board_->take_wanted();
        if (wanted && domains_.follow(nullptr, *wanted)) board_->publish(domains_.facts(), trouble);
    }
}

void StoreWorker::round() {
    if (const auto wanted = board_->take_wanted()) {
        changed_ |= domains_.follow(&*link_, *wanted);
        watch_again_at_ = 0;
    }
    if (clock_ns(CLOCK_MONOTONIC) >= watch_again_at_) set_watches();
    const bool heard = drain();
    const std::int64_t due = domains_.next_due();
    changed_ |= domains_.read_due(*link_);
    if (link_->is_broken()) return;
    if (changed_) {
        board_->publish(domains_.facts(), trouble_);
    } else {
        board_->publish(trouble_);
    }
    changed_ = false;
    rest(heard || due != std::numeric_limits<std::int64_t>::max());
}

// Until all are set, what is known is read anew at each attempt: nobody tells when it changes.
void StoreWorker::set_watches() {
    const bool retried = !trouble_.empty();
    if (!all_watched_) {
        all_watched_ = std::ranges::all_of(all_kinds, [this](Kind kind) { return link_->watch(backend_path(kind)); });
    }
    if (domains_.watch(*link_) && all_watched_) {
        trouble_.clear();
        watch_again_at_ = std::numeric_limits<std::int64_t>::max();
    } else {
        trouble_ = fmt::format("xenstored refuses watches ({}): changes are seen late; see its quota (xenstored --help)",
                               link_->error_text());
        watch_again_at_ = clock_ns(CLOCK_MONOTONIC) + pace_.refused.count();
    }
    if (retried) domains_.all_stale();
}

// Takes all that watches said so far; whether there was anything.
bool StoreWorker::drain() {
    constexpr int at_once = 100'000;  // more may come as fast as it is taken
    int taken = 0;
    for (; taken < at_once; ++taken) {
        const auto path = link_->next_event();
        if (!path) break;
        if (const auto change = change_of(*path)) domains_.note(*change);
    }
    return taken != 0;
}

void StoreWorker::rest(bool busy) {
    // Watches gather meanwhile: one waking for many.
    if (busy && board_->wait(-1, pace_.gather)) return;
    const std::int64_t now = clock_ns(CLOCK_MONOTONIC);
    const std::int64_t due = std::min(domains_.next_due(), watch_again_at_);
    const std::int64_t most = now + sign_of_life.count();
    const std::int64_t until = std::max(std::min(due, most), now);
    (void)board_->wait(link_->descriptor(), std::chrono::nanoseconds(until - now));
    // A connection that breaks wakes nobody, and a watch that never fires says nothing about who should fire it.
    if (clock_ns(CLOCK_MONOTONIC) - link_->answered_at() >= sign_of_life.count()) link_->probe();
}

}  // namespace virtscope::xen
