#include "drivers/xen/libxl/output.h"

#include <unistd.h>
#include <algorithm>
#include <chrono>
#include <system_error>

#include "core/write_all.h"

namespace virtscope::libxl {

void Output::report(const xen::Report& report) {
    const std::lock_guard lock(mutex_);
    (void)write_all(STDOUT_FILENO, xen::write_report(report), "a report").has_value();  // see above
}

Watch::Watch(Output& output, std::uint64_t total, std::function<std::uint64_t()> done)
    : output_(output), total_(total), done_(std::move(done)) {
    try {
        thread_ = std::thread([this] { run(); });
    } catch (const std::system_error&) {  // without a thread it is only not told
        return;
    }
}

Watch::~Watch() {
    {
        const std::lock_guard lock(mutex_);
        over_ = true;
    }
    changed_.notify_all();
    if (thread_.joinable()) thread_.join();
}

void Watch::run() {
    std::unique_lock lock(mutex_);
    while (!changed_.wait_for(lock, std::chrono::milliseconds(200), [this] { return over_; })) {
        if (total_ != 0) output_.under_way(std::min(done_(), total_), total_);
    }
}

}  // namespace virtscope::libxl
