// Tapdisks: counters of block backends that are tapdisk processes (blktap 3, as XenServer and XCP-ng have it).
//
// A tapdisk keeps them in memory that it shares as a file, /dev/shm/td3-<pid>/vbd-<domid>-<device>: one page that begins with
// version 1 of the structure in blktap's drivers/tapdisk-metrics-stats.h. Read over a descriptor that stays open.
//
// Everyone may write to /dev/shm: a folder counts only if it belongs to root or to us, nobody else can write to it, and the
// process of its name is alive. Folders of tapdisks that died stay behind.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <utility>

#include "core/fd.h"
#include "drivers/process.h"
#include "drivers/xen/block_counters.h"

namespace virtscope::xen {

// Requests completed, sectors of 512 bytes, times in us. Not told: requests under way (submitted less completed grows with
// each empty barrier, which is never counted as completed), flushes, discards.
class TapdiskFile final : public BlockCounters {
public:
    TapdiskFile(Fd file, Process process) : file_(std::move(file)), process_(std::move(process)) {}
    bool read(std::size_t row, Frame& frame) override;

private:
    Fd file_;
    Process process_;
};

class Tapdisks {
public:
    using Time = std::chrono::steady_clock::time_point;

    // `shm`: "/dev/shm".
    Tapdisks(std::string shm, std::string proc) : shm_(std::move(shm)), proc_(std::move(proc)) {}

    // Null: no tapdisk that lives has it, or its file is of another version. Folders are looked through for one that is not
    // known at most once a second, and for a hundredth of the time.
    std::shared_ptr<BlockCounters> open(std::uint32_t domid, unsigned device, Time now);

private:
    using Key = std::pair<std::uint32_t, unsigned>;
    std::shared_ptr<BlockCounters> open_known(const Key& key) const;
    void look(Time now);
    void look_into(int shm, const std::string& folder, pid_t pid);

    std::string shm_;
    std::string proc_;
    std::multimap<Key, pid_t> known_;  // as of the last look
    Time next_look_{};
};

}  // namespace virtscope::xen
