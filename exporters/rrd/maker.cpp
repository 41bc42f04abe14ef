#include "exporters/rrd/maker.h"

#include <utility>

namespace virtscope::exporters::rrd {

Maker::Maker(Store& store, const Making& making) : store_(store), making_(making), thread_([this] { run(); }) {}

Maker::~Maker() {
    {
        const std::scoped_lock lock(mutex_);
        stopping_ = true;
    }
    changed_.notify_one();
    thread_.join();
}

void Maker::order(std::shared_ptr<File> file, std::int64_t begin) {
    {
        const std::scoped_lock lock(mutex_);
        orders_.push_back({std::move(file), begin});
    }
    changed_.notify_one();
}

void Maker::order(std::function<void()> work) {
    {
        const std::scoped_lock lock(mutex_);
        works_.push_back(std::move(work));
    }
    changed_.notify_one();
}

std::vector<Prepared> Maker::finished() {
    const std::scoped_lock lock(mutex_);
    return std::exchange(finished_, {});
}

void Maker::run() {
    std::unique_lock lock(mutex_);
    for (;;) {
        changed_.wait(lock, [this] { return stopping_ || !orders_.empty() || !works_.empty(); });
        if (stopping_) return;
        if (orders_.empty()) {
            const auto work = std::move(works_.front());
            works_.pop_front();
            lock.unlock();
            work();
            lock.lock();
            continue;
        }
        Order order = std::move(orders_.front());
        orders_.pop_front();
        lock.unlock();
        auto found = store_.prepare(*order.file, order.begin, making_);
        lock.lock();
        finished_.push_back({std::move(order.file), std::move(found)});
    }
}

}  // namespace virtscope::exporters::rrd
