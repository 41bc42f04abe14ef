#include "agent/ctl/follow.h"

#include <chrono>
#include <csignal>
#include <cstdio>
#include <thread>

#include <poll.h>
#include <unistd.h>

#include "agent/ctl/event_output.h"

namespace virtscope {
namespace {

using namespace std::chrono_literals;

constexpr auto look_up = 200ms;  // how often it is seen that we are to stop
constexpr std::size_t batch_frames = 256;

volatile std::sig_atomic_t told_to_stop = 0;

void take_signals() {
    struct sigaction action {};
    action.sa_handler = [](int) { told_to_stop = 1; };
    ::sigaction(SIGINT, &action, nullptr);
    ::sigaction(SIGTERM, &action, nullptr);
    // A write to nobody is an error to be seen, not a death.
    std::signal(SIGPIPE, SIG_IGN);
}

// A pipe without a reader says so even while there is nothing to write.
bool is_read() {
    if (std::fflush(stdout) != 0 || std::ferror(stdout) != 0) return false;
    pollfd out{.fd = STDOUT_FILENO, .events = 0, .revents = 0};
    return ::poll(&out, 1, 0) <= 0 || (out.revents & (POLLERR | POLLHUP | POLLNVAL)) == 0;
}

// Prints the past from `from` on; the number of the last frame seen.
Result<std::uint64_t> catch_up(RingReader& reader, std::int64_t from, std::uint64_t sequence, std::optional<Uuid> guest,
                               Format format) {
    const auto lost = reader.scan({.range = {.from = from}, .guest = std::nullopt}, [&](const Frame& frame) {
        sequence = frame.sequence;
        return events_of(frame, guest, [format](const EventAt& event) {
            print_event(event, format);
            return true;
        });
    });
    if (!lost) return std::unexpected(lost.error());
    return sequence;
}

void print_batch(const RingBatch& batch, bool first, std::optional<Uuid> guest, Format format) {
    if (batch.lost != 0 && !first) {
        note(fmt::format("{} frame{} lost: overwritten or damaged before they could be read", batch.lost,
                         batch.lost == 1 ? "" : "s"));
    }
    for (const FramePtr& frame : batch.frames) {
        events_of(*frame, guest, [format](const EventAt& event) {
            print_event(event, format);
            return true;
        });
    }
}

}  // namespace

int follow_events(RingReader& reader, const FramePtr& newest, std::optional<std::int64_t> from,
                  std::optional<Uuid> guest, Format format) {
    take_signals();
    print_event_header(format);
    std::uint64_t sequence = newest ? newest->sequence : 0;
    if (newest && from) {
        const auto seen = catch_up(reader, *from, sequence, guest, format);
        if (!seen) return complain(seen.error(), exit_no_ring);
        sequence = *seen;
    }
    bool woken = false;
    while (told_to_stop == 0 && is_read()) {
        const auto batch = reader.since(sequence, batch_frames);
        if (!batch) return complain(batch.error(), exit_no_ring);
        print_batch(*batch, sequence == 0, guest, format);
        if (!batch->frames.empty()) {
            sequence = batch->frames.back()->sequence;
            woken = false;
        } else if (woken) {
            // There is a newer frame and it cannot be read: no reason to ask for it without a pause.
            std::this_thread::sleep_for(look_up);
            woken = false;
        } else {
            const auto more = reader.wait(sequence, look_up);
            if (!more) return complain(more.error(), exit_no_ring);
            woken = *more;
        }
    }
    return exit_done;
}

}  // namespace virtscope
