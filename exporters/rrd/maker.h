// Maker: the thread in which files are looked at and made, and old ones cleared away: making 10,000 files takes a
// minute, and those that are there must not wait for it.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "exporters/rrd/store.h"

namespace virtscope::exporters::rrd {

struct Prepared {
    std::shared_ptr<File> file;
    Result<Existing> found;
};

class Maker {
public:
    // `store` outlives it.
    Maker(Store& store, const Making& making);
    // Ends after the file that is in work.
    ~Maker();
    Maker(const Maker&) = delete;
    Maker& operator=(const Maker&) = delete;

    // `begin`: s, the first update comes after it. The file's path and type are read, nothing else.
    void order(std::shared_ptr<File> file, std::int64_t begin);
    // Something else that is to be done in that thread, when there is nothing to make.
    void order(std::function<void()> work);
    // What was made since it was asked last.
    std::vector<Prepared> finished();

private:
    struct Order {
        std::shared_ptr<File> file;
        std::int64_t begin;
    };
    void run();

    Store& store_;
    Making making_;
    std::mutex mutex_;
    std::condition_variable changed_;
    std::deque<Order> orders_;
    std::deque<std::function<void()>> works_;
    std::vector<Prepared> finished_;
    bool stopping_ = false;
    std::thread thread_;
};

}  // namespace virtscope::exporters::rrd
