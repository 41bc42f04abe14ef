// qemu_orders: the QEMU driver sampling every 200 ms, and orders to it from standard input, one JSON object a line.
//
//     {"look": "a"}                          {"guests": 1, "tick": 7, "state": "running", "stale": false, "note": "", "disks": 1}
//     {"verb": "suspend", "name": "a"}       {"ok": true, "already": false, "text": "paused", "tick": 9}
//     {"verb": "reset", "name": "a", …}      {"ok": false, "kind": 4, "text": "a: …", "tick": 9}
//
// {"events": 1} takes what the driver reported since. Members of an order besides these: mode, device, path, bytes,
// count, force, dry_run, seconds (of the deadline), pid and generation (else those of the guest with that name).
#include <atomic>
#include <iostream>
#include <map>
#include <mutex>
#include <thread>

#include <nlohmann/json.hpp>

#include "drivers/driver.h"
#include "drivers/qemu/open.h"

namespace {

using namespace virtscope;
using Json = nlohmann::json;
using namespace std::chrono_literals;

class Ticker {
public:
    explicit Ticker(std::unique_ptr<Driver> driver) : driver_(std::move(driver)), thread_([this] { run(); }) {}
    ~Ticker() {
        stop_ = true;
        thread_.join();
    }

    Json look(const std::string& name) {
        const std::lock_guard lock(mutex_);
        Json out{{"guests", seen_.size()}, {"tick", tick_}};
        if (const auto found = seen_.find(name); found != seen_.end()) out.update(found->second);
        return out;
    }
    std::uint64_t tick() {
        const std::lock_guard lock(mutex_);
        return tick_;
    }
    Json take_events() {
        const std::lock_guard lock(mutex_);
        return std::exchange(events_, Json::array());
    }
    std::shared_ptr<Lifecycle> lifecycle() { return driver_->lifecycle(); }

private:
    void run() {
        while (!stop_) {
            const auto next = Clock::now() + 200ms;
            sample();
            std::this_thread::sleep_until(next);
        }
    }
    void sample() {
        (void)driver_->refresh({});  // procfs is always there
        auto roster = std::make_shared<Roster>();
        std::vector<Slot> slots;
        for (const Place& place : driver_->places()) {
            const auto row = static_cast<std::uint32_t>(roster->guests.size());
            slots.push_back({&place, row, static_cast<std::uint32_t>(roster->vcpus.size()),
                             static_cast<std::uint32_t>(roster->disks.size()),
                             static_cast<std::uint32_t>(roster->nics.size())});
            roster->guests.push_back({.uuid = place.uuid, .generation = place.generation, .name = place.name});
            roster->vcpus.resize(roster->vcpus.size() + place.vcpus.size());
            roster->disks.resize(roster->disks.size() + place.disks.size());
            roster->nics.resize(roster->nics.size() + place.nics.size());
        }
        Frame frame;
        frame.reset(roster);
        driver_->ask(slots, frame, Clock::now() + 150ms);
        const std::lock_guard lock(mutex_);
        seen_.clear();
        for (std::size_t i = 0; i < slots.size(); ++i) {
            const Place& place = *slots[i].place;
            seen_[place.name] = {{"state", state_name(state_of(frame.get(i, GuestMetric::state).value_or(0)))},
                                 {"stale", frame.get(i, GuestMetric::stale).value_or(0) != 0},
                                 {"note", place.note},
                                 {"vcpus", place.vcpus.size()},
                                 {"pid", place.local_id},
                                 {"generation", place.generation}};
        }
        for (const Event& event : driver_->take_events()) {
            events_.push_back(fmt::format("{} {} {}", event_name(event.kind), event.name, event.text));
        }
        ++tick_;
    }

    std::unique_ptr<Driver> driver_;
    std::mutex mutex_;
    std::map<std::string, Json> seen_;
    Json events_ = Json::array();
    std::uint64_t tick_ = 0;
    std::atomic<bool> stop_{false};
    std::thread thread_;
};

class Unwatched final : public Progress {
    void at(std::uint64_t, std::uint64_t) override {}
};

Json carry_out(Ticker& ticker, const Json& line) {
    const auto verb = verb_named(line.at("verb").get<std::string>());
    if (!verb) return {{"ok", false}, {"text", "no such verb"}};
    Order order;
    order.verb = *verb;
    order.target.name = line.at("name");
    const Json seen = ticker.look(order.target.name);
    order.target.local_id = line.value("pid", seen.value("pid", std::int64_t{0}));
    order.target.generation = line.value("generation", seen.value("generation", std::uint64_t{0}));
    order.mode = line.value("mode", "");
    order.device = line.value("device", "");
    order.path = line.value("path", "");
    order.bytes = line.value("bytes", std::uint64_t{0});
    order.count = line.value("count", 0U);
    order.force = line.value("force", false);
    order.dry_run = line.value("dry_run", false);
    order.deadline = Clock::now() + std::chrono::seconds(line.value("seconds", 5));
    Unwatched progress;
    const auto answer = ticker.lifecycle()->carry_out(order, progress);
    if (!answer) {
        return {{"ok", false}, {"kind", static_cast<int>(answer.error().kind)}, {"text", answer.error().message},
                {"tick", ticker.tick()}};
    }
    return {{"ok", true}, {"already", answer->already}, {"text", answer->text}, {"tick", ticker.tick()}};
}

}  // namespace

int main() {
    auto opened = open_qemu("kvm:///", {}, {});
    auto* driver = std::get_if<std::unique_ptr<Driver>>(&opened);
    if (driver == nullptr) return 1;
    Ticker ticker(std::move(*driver));
    for (std::string text; std::getline(std::cin, text);) {
        const Json line = Json::parse(text);
        Json out;
        if (line.contains("look")) {
            out = ticker.look(line["look"]);
        } else if (line.contains("events")) {
            out = ticker.take_events();
        } else {
            out = carry_out(ticker, line);
        }
        std::cout << out.dump() << std::endl;
    }
    return 0;
}
