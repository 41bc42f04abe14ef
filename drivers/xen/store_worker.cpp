#include "drivers/xen/store_worker.h"

#include <algorithm>
#include <array>
#include <functional>
#include <limits>
#include <utility>

#include "core/clock.h"
#include "core/text.h"

namespace virtscope::xen {
namespace {

// A watch that never fires says nothing about who should fire it: where nothing else came for so long, something is asked.
constexpr std::chrono::nanoseconds sign_of_life = std::chrono::seconds(2);
constexpr std::int64_t never = std::numeric_limits<std::int64_t>::max();

}  // namespace

StoreWorker::StoreWorker(const StorePace& pace, StoreBoard& board) : pace_(pace), board_(board), domains_(pace.again) {}

void StoreWorker::run() {
    while (!board_.is_ending()) {
        if (const auto connected = connect(); !connected) {
            pause(connected.error().message);
            continue;
        }
        while (!link_->is_broken() && !board_.is_ending()) round();
        const std::string trouble = link_->trouble();
        link_.reset();
        if (!board_.is_ending()) pause(trouble);
    }
}

Result<> StoreWorker::connect() {
    auto socket = open_store_socket(pace_.places);
    if (!socket) return std::unexpected(socket.error());
    const auto fired = [this](std::string_view path) {
        if (const auto change = change_of(path)) domains_.note(*change);
    };
    link_.emplace(std::move(*socket), StoreLink::Terms{pace_.patience, board_.ending_descriptor(), fired});
    // Before any watch: on the kernel's device a read can be given up, setting a watch cannot.
    link_->probe();
    domains_.forget_watches();
    all_watched_ = false;
    watch_again_at_ = 0;
    trouble_.clear();
    changed_ = true;
    return {};
}

// Until it is time for the next attempt to connect. What is known remains: domains go on while xenstored does not.
void StoreWorker::pause(const std::string& trouble) {
    board_.publish(trouble);
    const std::int64_t until = clock_ns(CLOCK_MONOTONIC) + pace_.retry.count();
    while (!board_.is_ending()) {
        const std::int64_t left = until - clock_ns(CLOCK_MONOTONIC);
        if (left <= 0) return;
        if (!board_.wait(-1, std::chrono::nanoseconds(left))) continue;
        const auto wanted = board_.take_wanted();
        if (wanted && domains_.follow(nullptr, *wanted)) board_.publish(domains_.facts(), trouble);
    }
}

void StoreWorker::round() {
    if (const auto wanted = board_.take_wanted()) {
        changed_ |= domains_.follow(&*link_, *wanted);
        watch_again_at_ = 0;
    }
    if (clock_ns(CLOCK_MONOTONIC) >= watch_again_at_) set_watches();
    const bool heard = link_->hear();
    const bool busy = heard || domains_.next_due() != never;
    changed_ |= domains_.read_due(*link_);
    if (link_->is_broken()) return;
    if (changed_) {
        board_.publish(domains_.facts(), trouble_);
    } else {
        board_.publish(trouble_);
    }
    changed_ = false;
    if (!busy || gather(heard)) rest();
}

// Until all are set, what is known is read anew at each attempt: nobody tells when it changes.
void StoreWorker::set_watches() {
    const bool retried = !trouble_.empty();
    if (!all_watched_) {
        std::array<std::string, all_kinds.size()> directories;
        std::ranges::transform(all_kinds, directories.begin(), [](Kind kind) { return backend_path(kind); });
        all_watched_ = std::ranges::all_of(link_->watch(directories), std::identity{});
    }
    if (domains_.watch(*link_) && all_watched_) {
        trouble_.clear();
        watch_again_at_ = never;
    } else {
        trouble_ = fmt::format("xenstored refuses watches ({}): changes are seen late; see its quota (xenstored --help)",
                               link_->refusal());
        watch_again_at_ = clock_ns(CLOCK_MONOTONIC) + pace_.refused.count();
    }
    if (retried) domains_.all_stale();
}

// Lets watches gather, so that many make one reading. What they say is taken meanwhile as long as it comes: xenstored has no
// limit to what it keeps for a client that does not listen. False: a user wants something.
bool StoreWorker::gather(bool heard) {
    constexpr std::int64_t between = 1'000'000;
    const std::int64_t until = clock_ns(CLOCK_MONOTONIC) + pace_.gather.count();
    for (std::int64_t left = pace_.gather.count(); left > 0; left = until - clock_ns(CLOCK_MONOTONIC)) {
        if (board_.wait(-1, std::chrono::nanoseconds(heard ? std::min(left, between) : left))) return false;
        heard = link_->hear();
        if (link_->is_broken()) return false;
    }
    return true;
}

// Until there is something to do.
void StoreWorker::rest() {
    const std::int64_t now = clock_ns(CLOCK_MONOTONIC);
    const std::int64_t life = link_->heard_at() + sign_of_life.count();
    const std::int64_t until = std::max(std::min({domains_.next_due(), watch_again_at_, life}), now);
    (void)board_.wait(link_->descriptor(), std::chrono::nanoseconds(until - now));
    if (clock_ns(CLOCK_MONOTONIC) >= life && !link_->hear() && !link_->is_broken()) link_->probe();
}

}  // namespace virtscope::xen
