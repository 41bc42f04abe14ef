#include "drivers/xen/qdisk_monitor.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

namespace virtscope::xen {
namespace {

constexpr std::array counted{DiskMetric::read_ops,    DiskMetric::read_bytes, DiskMetric::read_time, DiskMetric::write_ops,
                             DiskMetric::write_bytes, DiskMetric::write_time, DiskMetric::failed_ops};

}  // namespace

std::shared_ptr<const QdiskAnswer> QdiskMonitor::answer() const {
    const std::lock_guard lock(mutex_);
    return answer_;
}

std::string QdiskMonitor::trouble() const {
    const std::lock_guard lock(mutex_);
    return trouble_;
}

bool QdiskMonitor::take(QdiskAnswer answer) {
    auto shared = std::make_shared<const QdiskAnswer>(std::move(answer));
    const std::lock_guard lock(mutex_);
    answer_.swap(shared);
    was_asked_ = true;
    return !std::exchange(trouble_, {}).empty();
}

bool QdiskMonitor::take_trouble(std::string why) {
    const std::lock_guard lock(mutex_);
    answer_ = nullptr;
    was_asked_ = true;
    const bool is_news = trouble_ != why;
    trouble_ = std::move(why);
    return is_news;
}

bool QdiskCounters::read(std::size_t row, Frame& frame) {
    Table& disks = frame.table(Scope::Disk);
    const auto answer = monitor_->answer();
    if (answer == nullptr) {
        if (monitor_->was_asked()) disks.row(row).quality = Quality::stale;
        return true;
    }
    const auto disk = std::ranges::find_if(
        answer->disks, [this](const qemu::DiskStats& stats) { return std::string_view(stats.name).starts_with(prefix_); });
    if (disk == answer->disks.end()) return true;
    disks.row(row).time = answer->time;
    for (const DiskMetric metric : counted) {
        const auto& value = disk->counters[static_cast<std::size_t>(metric)];
        if (value) frame.set(row, metric, *value);
    }
    return true;
}

}  // namespace virtscope::xen
