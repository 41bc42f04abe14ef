// ring_costs RECORDING: what the ring costs on hosts made of many copies of a recording's guests; one line of JSON.
//
// Times are CPU of the thread, medians of many runs: a busy machine disturbs those least.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <functional>

#include <nlohmann/json.hpp>
#include <csignal>
#include <sys/wait.h>
#include <unistd.h>

#include "core/ring/reader.h"
#include "core/ring/writer.h"
#include "tests/bench/recorded.h"

namespace {

using namespace virtscope;
using bench::Host;

constexpr std::uint64_t ring_bytes = 64 << 20;

template <class T>
T must(Result<T> result) {
    if (result) return std::move(*result);
    std::fprintf(stderr, "ring_costs: %s\n", result.error().message.c_str());
    std::exit(1);
}

void must(Result<> result) {
    if (result) return;
    std::fprintf(stderr, "ring_costs: %s\n", result.error().message.c_str());
    std::exit(1);
}

struct File {
    std::string path = std::filesystem::temp_directory_path() / ("ring-" + std::to_string(::getpid()));
    ~File() { std::filesystem::remove(path); }
};

double median(std::vector<double> values) {
    std::ranges::sort(values);
    return values[values.size() / 2];
}

double cpu_ms(const std::function<void()>& job) {
    const double begin = bench::cpu_seconds();
    job();
    return (bench::cpu_seconds() - begin) * 1e3;
}

// Append, newest and one guest's five minutes, with 1,000 guests.
void thousand_guests(const std::vector<FramePtr>& frames, nlohmann::ordered_json& out) {
    const File file;
    const Host host(frames, bench::over_and_over(*frames.front()->roster, 1000));
    RingWriter writer = must(RingWriter::open(file.path, ring_bytes));
    RingReader reader = must(RingReader::open(file.path));
    std::vector<double> appends;
    std::vector<double> reads;
    Frame frame;
    for (std::uint64_t n = 0; n < 400; ++n) {
        host.fill(n, frame);
        appends.push_back(cpu_ms([&] { must(writer.publish(frame)); }));
        reads.push_back(cpu_ms([&] { (void)must(reader.newest()); }));
    }
    out["append_1000_ms"] = median(appends);
    out["append_1000_worst_ms"] = std::ranges::max(appends);
    out["newest_1000_us"] = median(reads) * 1e3;
    const FramePtr newest = must(reader.newest());
    Selection one{.range = {.from = newest->realtime - 300'000'000'000}, .guest = newest->roster->guests[777].uuid};
    std::vector<double> series;
    for (int i = 0; i < 21; ++i) {
        std::uint64_t seen = 0;
        RingReader fresh = must(RingReader::open(file.path));
        series.push_back(cpu_ms([&] {
            (void)must(fresh.scan(one, [&](const Frame&) { return ++seen > 0; }));
        }));
        if (seen < 300) std::exit(1);
    }
    out["series_of_one_ms"] = median(series);
}

// How long 200 guests' history of one frame a second is.
void two_hundred_guests(const std::vector<FramePtr>& frames, nlohmann::ordered_json& out) {
    const File file;
    const Host host(frames, bench::over_and_over(*frames.front()->roster, 200));
    RingWriter writer = must(RingWriter::open(file.path, ring_bytes));
    Frame frame;
    for (std::uint64_t n = 0; n < 12000; ++n) {
        host.fill(n, frame);
        must(writer.publish(frame));
    }
    RingReader reader = must(RingReader::open(file.path));
    const RingInfo info = must(reader.info());
    out["history_200_hours"] = static_cast<double>(info.to - info.from) / 3600e9;
    out["bytes_per_guest_hour"] = static_cast<double>(info.bytes) / (static_cast<double>(info.to - info.from) / 3600e9) / 200;
    out["frames_in_200"] = info.frames;
    (void)must(reader.oldest());
}

[[noreturn]] void follow_live(const std::string& path) {
    RingReader reader = must(RingReader::open(path));
    std::uint64_t last = 0;
    for (;;) {
        (void)must(reader.wait(last, std::chrono::seconds(1)));
        const RingBatch batch = must(reader.since(last, 100));
        if (!batch.frames.empty()) last = batch.frames.back()->sequence;
    }
}

// The writer's CPU for a publish alone, and with readers that follow it live; ten frames a second.
double publish_with_readers(const std::vector<FramePtr>& frames, int readers) {
    const File file;
    const Host host(frames, bench::over_and_over(*frames.front()->roster, 200));
    RingWriter writer = must(RingWriter::open(file.path, ring_bytes));
    std::vector<pid_t> children;
    for (int i = 0; i < readers; ++i) {
        const pid_t pid = ::fork();
        if (pid == 0) follow_live(file.path);
        children.push_back(pid);
    }
    std::vector<double> times;
    Frame frame;
    for (std::uint64_t n = 0; n < 150; ++n) {
        host.fill(n, frame);
        times.push_back(cpu_ms([&] { must(writer.publish(frame)); }));
        ::usleep(50'000);
    }
    for (const pid_t child : children) {
        ::kill(child, SIGKILL);
        ::waitpid(child, nullptr, 0);
    }
    return median(times);
}

}  // namespace

int main(int argc, char** argv) {
    if (argc < 2) return 2;
    const auto frames = must(bench::load(argv[1]));
    nlohmann::ordered_json out;
    thousand_guests(frames, out);
    two_hundred_guests(frames, out);
    const double alone = publish_with_readers(frames, 0);
    const double followed = publish_with_readers(frames, 8);
    out["publish_200_us"] = alone * 1e3;
    out["publish_200_with_8_readers_us"] = followed * 1e3;
    out["readers_ratio"] = followed / alone;
    std::printf("%s\n", out.dump().c_str());
    return 0;
}
