#include "drivers/xen/qdisk.h"

#include <algorithm>
#include <optional>
#include <poll.h>
#include <sys/eventfd.h>

#include <fmt/format.h>

namespace virtscope::xen {
namespace {

constexpr std::size_t max_talks = 64;  // at a time: each has a descriptor
constexpr auto first_rest = std::chrono::seconds(1);
constexpr unsigned max_doublings = 5;  // 32 s
constexpr auto starting = std::chrono::seconds(5);  // a domain has its disks before its QEMU listens

}  // namespace

struct Qdisks::Asked {
    std::weak_ptr<QdiskMonitor> monitor;
    Clock::time_point since = Clock::now();
    std::optional<QdiskTalk> talk{};
    bool due = true;
    unsigned failures = 0;
    Clock::time_point not_before{};
};

Qdisks::~Qdisks() {
    {
        const std::lock_guard lock(mutex_);
        ends_ = true;
    }
    wake();
    if (thread_.joinable()) thread_.join();
}

void Qdisks::wake() const {
    if (bell_) ::eventfd_write(bell_.get(), 1);
}

std::shared_ptr<const QdiskMonitor> Qdisks::monitor(std::uint32_t domid) {
    std::weak_ptr<QdiskMonitor>& known = monitors_[domid];
    if (auto monitor = known.lock()) return monitor;
    std::erase_if(monitors_, [&](const auto& entry) { return entry.first != domid && entry.second.expired(); });
    const auto monitor = std::make_shared<QdiskMonitor>(fmt::format("{}/qmp-libxenstat-{}", folder_, domid));
    known = monitor;
    {
        const std::lock_guard lock(mutex_);
        news_.push_back(monitor);
    }
    if (!thread_.joinable()) {
        bell_ = Fd(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
        thread_ = std::thread([this] { work(); });
    }
    wake();
    return monitor;
}

std::string Qdisks::trouble(std::uint32_t domid) const {
    const auto known = monitors_.find(domid);
    const auto monitor = known != monitors_.end() ? known->second.lock() : nullptr;
    if (monitor == nullptr) return {};
    const std::string why = monitor->trouble();
    return why.empty() ? why : fmt::format("qdisk: {}: {}", monitor->path(), why);
}

void Qdisks::ask() {
    {
        const std::lock_guard lock(mutex_);
        due_ = true;
    }
    wake();
}

void Qdisks::await_first(Clock::time_point until) {
    const auto was_asked = [](const auto& entry) {
        const auto monitor = entry.second.lock();
        return monitor == nullptr || monitor->was_asked();
    };
    std::unique_lock lock(mutex_);
    answered_.wait_until(lock, until, [&] { return std::ranges::all_of(monitors_, was_asked); });
}

void Qdisks::work() {
    std::vector<Asked> all;
    while (wait(all)) {
        adopt(all);
        advance(all);
        begin(all);
    }
}

// Until an answer comes, one is overdue, or the bell rings. False: it is the end.
bool Qdisks::wait(const std::vector<Asked>& all) {
    std::vector<pollfd> watched{{bell_.get(), POLLIN, 0}};
    auto until = Clock::time_point::max();
    for (const Asked& asked : all) {
        if (!asked.talk) continue;
        watched.push_back({asked.talk->fd(), POLLIN, 0});
        until = std::min(until, asked.talk->deadline());
    }
    int timeout = -1;
    if (watched.size() > 1) {
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - Clock::now()).count();
        timeout = static_cast<int>(std::max<std::int64_t>(0, left));
    }
    ::poll(watched.data(), watched.size(), timeout);
    eventfd_t rung = 0;
    ::eventfd_read(bell_.get(), &rung);
    const std::lock_guard lock(mutex_);
    return !ends_;
}

void Qdisks::adopt(std::vector<Asked>& all) {
    std::erase_if(all, [](const Asked& asked) { return asked.monitor.expired(); });
    const std::lock_guard lock(mutex_);
    if (std::exchange(due_, false)) {
        for (Asked& asked : all) asked.due = true;
    }
    for (auto& monitor : news_) all.push_back({.monitor = std::move(monitor)});
    news_.clear();
}

void Qdisks::advance(std::vector<Asked>& all) {
    const auto now = Clock::now();
    for (Asked& asked : all) {
        if (!asked.talk) continue;
        auto told = asked.talk->advance(decoder_, now);
        if (!told) {
            finish(asked, std::unexpected(told.error()));
        } else if (*told) {
            finish(asked, std::move(**told));
        }
    }
}

void Qdisks::begin(std::vector<Asked>& all) {
    const auto now = Clock::now();
    auto talks = std::ranges::count_if(all, [](const Asked& asked) { return asked.talk.has_value(); });
    for (Asked& asked : all) {
        if (!asked.due || asked.talk || talks >= std::ptrdiff_t{max_talks}) continue;
        asked.due = false;
        if (now < asked.not_before) continue;
        const auto monitor = asked.monitor.lock();
        if (monitor == nullptr) continue;
        ++questions_;
        auto talk = QdiskTalk::begin(monitor->path(), now);
        if (!talk) {
            finish(asked, std::unexpected(talk.error()));
            continue;
        }
        asked.talk.emplace(std::move(*talk));
        ++talks;
    }
}

void Qdisks::finish(Asked& asked, Result<QdiskAnswer> answer) {
    asked.talk.reset();
    const auto monitor = asked.monitor.lock();
    if (monitor == nullptr) return;
    if (answer) {
        asked.failures = 0;
        asked.not_before = {};
        if (monitor->take(std::move(*answer))) ++troubles_;
    } else if (answer.error().kind == ErrorKind::absent && Clock::now() - asked.since < starting) {
        asked.not_before = Clock::now() + first_rest;
        if (monitor->take_trouble({})) ++troubles_;
    } else {
        asked.not_before = Clock::now() + first_rest * (1U << std::min(asked.failures, max_doublings));
        ++asked.failures;
        if (monitor->take_trouble(answer.error().message)) ++troubles_;
    }
    const std::lock_guard lock(mutex_);
    answered_.notify_all();
}

}  // namespace virtscope::xen
