// Qdisks: what QEMU processes have counted of the disks that they serve to domains, PV guests included.
//
// libxl starts such a QEMU with a QMP socket for statistics, qmp-libxenstat-<domid>, which serves one client at a time: xentop
// is the other one. So each question is a conversation of its own (qdisk_talk.h), over in milliseconds. All are held by one
// thread, side by side: a QEMU that is silent holds up nobody, and is asked less often with each silence.
//
// A tick takes what the questions of the tick before have brought, with the time at which it was true.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "core/fd.h"
#include "drivers/xen/qdisk_monitor.h"

namespace virtscope::xen {

class Qdisks {
public:
    using Clock = std::chrono::steady_clock;

    // `folder`: where libxl has the sockets, "/run/xen". Its thread begins with the first monitor.
    explicit Qdisks(std::string folder) : folder_(std::move(folder)) {}
    ~Qdisks();
    Qdisks(const Qdisks&) = delete;
    Qdisks& operator=(const Qdisks&) = delete;

    // Asked for as long as somebody holds it.
    std::shared_ptr<const QdiskMonitor> monitor(std::uint32_t domid);

    // One question to each, but to those that still owe an answer or are left alone for a while. Never blocks.
    void ask();
    // Asks those that never were, and waits until each has answered or failed.
    void await_first(Clock::time_point until);

    // As a place's note has it: says which socket is silent and why. Empty: none.
    std::string trouble(std::uint32_t domid) const;
    // Grows with each trouble that comes, changes or goes.
    std::uint64_t troubles() const { return troubles_; }
    std::uint64_t questions() const { return questions_; }

private:
    struct Asked;  // the thread's side of a monitor

    void work();
    bool wait(const std::vector<Asked>& all);
    void adopt(std::vector<Asked>& all);
    void begin(std::vector<Asked>& all);
    void advance(std::vector<Asked>& all);
    void finish(Asked& asked, Result<QdiskAnswer> answer);
    void wake() const;

    const std::string folder_;
    std::map<std::uint32_t, std::weak_ptr<QdiskMonitor>> monitors_;  // by domid; the tick's
    std::mutex mutex_;
    std::condition_variable answered_;
    std::vector<std::weak_ptr<QdiskMonitor>> news_;  // not yet adopted by the thread
    bool due_ = false;
    bool ends_ = false;
    std::atomic<std::uint64_t> troubles_{0};
    std::atomic<std::uint64_t> questions_{0};
    Fd bell_;  // an eventfd
    qemu::Decoder decoder_;
    std::thread thread_;
};

}  // namespace virtscope::xen
