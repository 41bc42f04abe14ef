// QdiskMonitor: what is known of the disks that one domain's QEMU serves; QdiskCounters: one of them.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <string>

#include "drivers/xen/block_counters.h"
#include "drivers/xen/qdisk_talk.h"

namespace virtscope::xen {

// Written by the thread of Qdisks, read by the tick.
class QdiskMonitor {
public:
    explicit QdiskMonitor(std::string path) : path_(std::move(path)) {}
    const std::string& path() const { return path_; }

    // Null: none came yet, or the last question was not answered.
    std::shared_ptr<const QdiskAnswer> answer() const;
    // Why the last question was not answered; empty: it was, or none was put.
    std::string trouble() const;
    bool was_asked() const { return was_asked_; }

    // Both: true if it is news that there is trouble, another one, or none any more.
    bool take(QdiskAnswer answer);
    bool take_trouble(std::string why);

private:
    const std::string path_;
    mutable std::mutex mutex_;
    std::shared_ptr<const QdiskAnswer> answer_;
    std::string trouble_;
    std::atomic<bool> was_asked_{false};
};

// One disk of it. Flushes and discards are no part: QEMU's Xen backend carries them out uncounted, and the zeros that QEMU
// tells of them are none.
class QdiskCounters final : public BlockCounters {
public:
    // `name`: as the guest's configuration has it, "xvda". QEMU calls the disk's node "xvda-raw", after its format.
    QdiskCounters(std::shared_ptr<const QdiskMonitor> monitor, const std::string& name)
        : monitor_(std::move(monitor)), prefix_(name + "-") {}
    bool read(std::size_t row, Frame& frame) override;

private:
    std::shared_ptr<const QdiskMonitor> monitor_;
    std::string prefix_;
};

}  // namespace virtscope::xen
