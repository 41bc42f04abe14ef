#include "drivers/xen/vbd_files.h"

#include <charconv>
#include <fcntl.h>
#include <optional>
#include <unistd.h>
#include <utility>

#include <fmt/format.h>

namespace virtscope::xen {
namespace {

constexpr std::uint64_t sector = 512;

struct Counter {
    const char* file;
    DiskMetric metric;
    std::uint64_t unit;
};
constexpr std::array<Counter, 7> counters{{
    {"rd_req", DiskMetric::read_ops, 1},
    {"rd_sect", DiskMetric::read_bytes, sector},
    {"wr_req", DiskMetric::write_ops, 1},
    {"wr_sect", DiskMetric::write_bytes, sector},
    {"oo_req", DiskMetric::queue_full, 1},
    {"f_req", DiskMetric::flush_ops, 1},
    {"ds_req", DiskMetric::discard_ops, 1},
}};
constexpr std::size_t in_all_kernels = 5;

// The kernel prints some of these as signed: a negative one is no count.
std::optional<std::uint64_t> read_number(const Fd& file) {
    std::array<char, 32> text{};
    const ssize_t length = ::pread(file.get(), text.data(), text.size(), 0);
    if (length <= 0) return std::nullopt;
    std::uint64_t number = 0;
    const char* const end = text.data() + length;
    const auto read = std::from_chars(text.data(), end, number);
    if (read.ec != std::errc() || (read.ptr != end && *read.ptr != '\n')) return std::nullopt;
    return number;
}

}  // namespace

VbdFiles::VbdFiles(const std::string& folder) : events_file_(::open((folder + "/xenbus/events").c_str(), O_RDONLY | O_CLOEXEC)) {
    static_assert(counters.size() == count);
    for (std::size_t i = 0; i < count; ++i) {
        const std::string path = folder + "/statistics/" + counters[i].file;
        files_[i] = Fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    }
}

bool VbdFiles::is_open() const {
    for (std::size_t i = 0; i < in_all_kernels; ++i) {
        if (!files_[i]) return false;
    }
    return true;
}

// False: no number can be read any more.
bool VbdFiles::read_all() {
    const Numbers before = std::exchange(numbers_, {});
    bool any = false;
    for (std::size_t i = 0; i < count; ++i) {
        if (files_[i]) numbers_[i] = read_number(files_[i]);
        any = any || numbers_[i];
    }
    rests_ = any && numbers_ == before;
    rested_ = 0;
    return any;
}

bool VbdFiles::read(std::size_t row, Frame& frame) {
    const auto events = events_file_ ? read_number(events_file_) : std::nullopt;
    const bool quiet = events && events == std::exchange(events_, events);
    if (quiet && rests_ && rested_ < longest_rest) {
        ++rested_;
    } else if (!read_all()) {
        return false;
    }
    rests_ = rests_ && quiet;
    for (std::size_t i = 0; i < count; ++i) {
        if (numbers_[i]) frame.set(row, counters[i].metric, *numbers_[i] * counters[i].unit);
    }
    return true;
}

std::string vbd_folder(const std::string& sys, std::uint32_t domid, unsigned device) {
    return fmt::format("{}/bus/xen-backend/devices/vbd-{}-{}", sys, domid, device);
}

}  // namespace virtscope::xen
