// ring_recording FILE: how compactly the ring holds a recording, beside other ways to hold the same; one line of JSON.
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>

#include <nlohmann/json.hpp>
#include <unistd.h>
#include <zstd.h>

#include "core/ring/reader.h"
#include "core/ring/writer.h"
#include "tests/bench/gorilla.h"
#include "tests/bench/recorded.h"

namespace {

using namespace virtscope;
using bench::Host;
using Frames = std::vector<FramePtr>;

template <class T>
T must(Result<T> result) {
    if (result) return std::move(*result);
    std::fprintf(stderr, "ring_recording: %s\n", result.error().message.c_str());
    std::exit(1);
}

// Bytes a value of a ring into which these guests of the recording were written, all that is in the file included.
double of_some(const Frames& frames, const std::vector<std::size_t>& guests) {
    const std::string path = std::filesystem::temp_directory_path() / ("ring-" + std::to_string(::getpid()));
    RingWriter writer = must(RingWriter::open(path, 64 << 20));
    const Host host(frames, guests);
    Frame frame;
    for (std::uint64_t n = 0; n < frames.size(); ++n) {
        host.fill(n, frame);
        if (auto published = writer.publish(frame); !published) std::exit(1);
    }
    RingReader reader = must(RingReader::open(path));
    const RingInfo info = must(reader.info());
    std::filesystem::remove(path);
    return static_cast<double>(info.bytes) / static_cast<double>(info.values);
}

// The present cells of a frame, eight bytes each.
std::vector<std::uint64_t> raw(const Frame& frame) {
    std::vector<std::uint64_t> cells;
    for (const Table& table : frame.tables) {
        for (std::size_t r = 0; r < table.rows(); ++r) {
            for (std::size_t c = 0; c < table.columns(); ++c) {
                if (table.has(r, c)) cells.push_back(table.cells(r)[c]);
            }
        }
    }
    return cells;
}

std::size_t zstd_size(const std::vector<std::uint64_t>& cells) {
    std::vector<char> out(ZSTD_compressBound(cells.size() * 8));
    const std::size_t size = ZSTD_compress(out.data(), out.size(), cells.data(), cells.size() * 8, 3);
    if (ZSTD_isError(size) != 0) std::exit(1);
    return size;
}

// zstd -3, each frame by itself, or 16 in a piece.
double zstd(const Frames& frames, std::size_t at_once) {
    std::size_t bytes = 0;
    std::size_t values = 0;
    std::vector<std::uint64_t> piece;
    for (std::size_t i = 0; i < frames.size(); ++i) {
        const auto cells = raw(*frames[i]);
        values += cells.size();
        piece.insert(piece.end(), cells.begin(), cells.end());
        if ((i + 1) % at_once != 0 && i + 1 != frames.size()) continue;
        bytes += zstd_size(piece);
        piece.clear();
    }
    return static_cast<double>(bytes) / static_cast<double>(values);
}

double gorilla(const Frames& frames) {
    std::uint64_t bits = 0;
    std::uint64_t values = 0;
    for (std::size_t s = 0; s < scope_count; ++s) {
        const auto& first = frames.front()->tables.at(s);
        for (std::size_t r = 0; r < first.rows(); ++r) {
            for (std::size_t c = 0; c < first.columns(); ++c) {
                bench::Gorilla series;
                for (const FramePtr& frame : frames) {
                    const auto value = frame->tables.at(s).get(r, c);
                    if (!value) continue;
                    series.add(frame->realtime / 1'000'000'000, static_cast<double>(*value));
                    ++values;
                }
                bits += series.bits();
            }
        }
    }
    return static_cast<double>(bits) / 8 / static_cast<double>(values);
}

// Values decoded in a second of CPU time, going over the whole file.
double scan_rate(RingReader& reader, std::uint64_t values) {
    double best = 0;
    for (int i = 0; i < 5; ++i) {
        std::uint64_t sum = 0;
        const double begin = bench::cpu_seconds();
        (void)must(reader.scan({}, [&](const Frame& frame) {
            sum += frame.get(0, HostMetric::cpu_user).value_or(0);
            return true;
        }));
        best = std::max(best, static_cast<double>(values) / (bench::cpu_seconds() - begin));
        if (sum == 0) std::exit(1);
    }
    return best;
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 2) return 2;
    RingReader reader = must(RingReader::open(argv[1]));
    const RingInfo info = must(reader.info());
    const Frames frames = must(bench::load(argv[1]));
    nlohmann::ordered_json out;
    out["frames"] = info.frames;
    out["guests"] = frames.back()->roster->guests.size();
    out["values"] = info.values;
    out["bytes"] = info.bytes;
    out["damaged"] = info.damaged;
    out["bytes_per_value"] = static_cast<double>(info.bytes) / static_cast<double>(info.values);
    out["busiest_tenth"] = of_some(frames, bench::busiest_tenth(frames));
    out["raw"] = 8.0;
    out["zstd_frame"] = zstd(frames, 1);
    out["zstd_16_frames"] = zstd(frames, 16);
    out["gorilla"] = gorilla(frames);
    out["scan_values_per_second"] = scan_rate(reader, info.values);
    std::printf("%s\n", out.dump().c_str());
    return 0;
}
