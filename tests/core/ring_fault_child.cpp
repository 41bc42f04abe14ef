// What ring_fault_test runs under the shim: a small writer or reader that tells on standard output, a line each, what
// it did and what failed.
//
//   ring_fault_child write RING BYTES FIRST   opens RING and publishes frames number FIRST to FIRST + 11
//   ring_fault_child read RING                calls everything a reader can
//
// Lines: "published SEQUENCE NUMBER", "read WHAT SEQUENCE", "torn WHAT", "untrue WHAT", "failed KIND MESSAGE",
// "full COUNT": frames since(0) gives in the end.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

#include <fmt/format.h>

#include "core/ring/reader.h"
#include "core/ring/writer.h"
#include "tests/core/sample.h"

using namespace virtscope;

namespace {

template <class... Args>
void say(fmt::format_string<Args...> format, Args&&... args) {
    const std::string line = fmt::format(format, std::forward<Args>(args)...);
    std::puts(line.c_str());
    (void)std::fflush(stdout);
}

void say_failed(const Error& error) { say("failed {} {}", static_cast<int>(error.kind), error.message); }

int write(const std::string& path, std::uint64_t bytes, std::uint64_t first) {
    auto ring = RingWriter::open(path, bytes);
    if (!ring) {
        say_failed(ring.error());
        return 0;
    }
    for (std::uint64_t number = first; number < first + 12; ++number) {
        const bool later = number >= first + 6;
        Frame frame = sample::frame(number, sample::roster(later ? 2 : 1, later ? 1 : 0));
        frame.sequence = 0;
        const auto published = ring->publish(frame);
        if (published) say("published {} {}", frame.sequence, number);
        if (!published) say_failed(published.error());
        if (!published && frame.sequence != 0) say("untrue sequence");
    }
    return 0;
}

// Frames were published under their numbers.
void look(const char* what, const Frame& frame) {
    if (sample::genuine(frame)) {
        say("read {} {}", what, frame.sequence);
    } else {
        say("torn {}", what);
    }
}

FramePtr look(const char* what, const Result<FramePtr>& frame) {
    if (!frame) say_failed(frame.error());
    if (!frame || !*frame) return nullptr;
    look(what, **frame);
    return *frame;
}

std::size_t look(const Result<RingBatch>& batch, std::uint64_t after) {
    if (!batch) say_failed(batch.error());
    if (!batch) return 0;
    for (const FramePtr& frame : batch->frames) look("since", *frame);
    const std::size_t count = batch->frames.size();
    if (count > 0 && batch->frames.back()->sequence != after + batch->lost + count) say("untrue lost");
    return count;
}

void look_further(RingReader& ring, const FramePtr& newest) {
    using namespace std::chrono_literals;
    if (!newest) return;
    look("before", ring.before(*newest, 3s));
    look("at", ring.at(newest->realtime - 1));
    look("step", ring.step(*newest, -2));
    const auto more = ring.wait(newest->sequence + 100, 2ms);
    if (!more) say_failed(more.error());
    if (more && *more) say("untrue wait");
}

int read(const std::string& path) {
    auto ring = RingReader::open(path);
    if (!ring) say_failed(ring.error());
    if (!ring) return 0;
    const FramePtr newest = look("newest", ring->newest());
    look(ring->since(0, 100), 0);
    look_further(*ring, newest);
    look("oldest", ring->oldest());
    const auto scanned = ring->scan({}, [](const Frame& frame) {
        look("scan", frame);
        return true;
    });
    if (!scanned) say_failed(scanned.error());
    const auto info = ring->info();
    if (!info) say_failed(info.error());
    if (info) say("info {} {}", info->frames, info->damaged);
    // Twice: the fault meets one of them at most.
    const std::size_t once = look(ring->since(0, 100), 0);
    say("full {}", std::max(once, look(ring->since(0, 100), 0)));
    return 0;
}

}  // namespace

int main(int argc, char** argv) {
    const std::string_view role = argc > 2 ? argv[1] : "";
    if (role == "write" && argc == 5) return write(argv[2], std::strtoull(argv[3], nullptr, 10), std::strtoull(argv[4], nullptr, 10));
    if (role == "read") return read(argv[2]);
    return 2;
}
