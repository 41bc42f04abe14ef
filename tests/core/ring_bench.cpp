// What the ring costs: publish() and reading, for a host of as many guests as the argument says (10,000).
#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <ctime>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "core/ring/reader.h"
#include "core/ring/writer.h"
#include "tests/core/sample.h"

using namespace virtscope;

namespace {

constexpr int rounds = 60;

double cpu_ms() {
    timespec now{};
    ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) * 1e3 + static_cast<double>(now.tv_nsec) / 1e6;
}

// Prints median and worst of `rounds` runs and their CPU time, which a busy machine disturbs less;
// `prepare` is not timed.
template <class Prepare, class Job>
void measure(std::string_view what, Prepare prepare, Job job) {
    std::vector<double> times;
    double cpu = 0;
    for (int i = 0; i < rounds; ++i) {
        prepare();
        const double cpu_before = cpu_ms();
        const auto begin = std::chrono::steady_clock::now();
        job();
        cpu += cpu_ms() - cpu_before;
        times.push_back(std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - begin).count());
    }
    std::ranges::sort(times);
    fmt::print("{:<26} median {:7.3f} ms, worst {:7.3f}, CPU {:7.3f}\n", what, times[times.size() / 2], times.back(),
               cpu / rounds);
}

std::size_t rss_anon() {
    const std::string status = sample::read_all("/proc/self/status");
    const std::size_t at = status.find("RssAnon:");
    return at == std::string::npos ? 0 : std::strtoul(status.c_str() + at + 8, nullptr, 10);
}

}  // namespace

int main(int argc, char** argv) {
    const std::size_t guests = argc > 1 ? std::strtoul(argv[1], nullptr, 10) : 10'000;
    const std::uint64_t mebibytes = argc > 2 ? std::strtoul(argv[2], nullptr, 10) : 256;
    const sample::Directory dir;
    const auto path = dir.file("ring");
    const auto who = sample::roster(guests);
    Frame frame = sample::frame(1, who, true);
    const std::size_t before = rss_anon();
    auto ring = RingWriter::open(path, mebibytes << 20);
    auto follow = RingReader::open(path);
    if (!ring || !follow || !ring->publish(frame)) return 1;
    const auto publish = [&] { (void)ring->publish(frame).has_value(); };
    const auto nothing = [] {};
    measure("publish", nothing, publish);
    fmt::print("writer's private memory {} KiB\n", rss_anon() - before);
    const auto other = sample::roster(guests, 1);
    measure("publish, roster changed", [&] { frame.roster = frame.roster == who ? other : who; }, publish);
    measure("newest, new frame", publish, [&] { (void)follow->newest().has_value(); });
    measure("newest, same frame", nothing, [&] { (void)follow->newest().has_value(); });
    const auto newest = follow->newest();
    measure("before, 1 s", nothing, [&] { (void)follow->before(**newest, std::chrono::seconds(1)).has_value(); });
    measure("open + newest (a check)", nothing, [&] { (void)RingReader::open(path)->newest().has_value(); });
    measure("info", nothing, [&] { (void)follow->info().has_value(); });
    const auto info = follow->info();
    if (!info) return 1;
    fmt::print("{} guests: {} values a frame, {} frames in {} bytes, {:.2f} bytes a value\n", guests,
               info->values / std::max<std::uint64_t>(info->frames, 1), info->frames, info->bytes,
               static_cast<double>(info->bytes) / static_cast<double>(info->values));
    return 0;
}
