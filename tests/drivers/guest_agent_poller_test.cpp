// When agents inside guests are asked, and that nobody waits for them.
#include <atomic>
#include <chrono>
#include <memory>
#include <string>
#include <thread>

#include <unistd.h>
#include <doctest/doctest.h>

#include "drivers/qemu/guest_agent_poller.h"

using namespace virtscope;
using namespace virtscope::qemu;
using namespace std::chrono_literals;
using Clock = GuestAgentPoller::Clock;
using Subject = GuestAgentPoller::Subject;

namespace {

constexpr GuestAgentPoller::Pace quick{20ms, 100ms, 1s};

// Any process does: the questions are the test's own.
std::shared_ptr<const Process> process(pid_t pid) {
    auto opened = Process::open("/proc", pid);
    REQUIRE(opened);
    return std::make_shared<const Process>(std::move(*opened));
}

template <class Condition>
bool eventually(const Condition& holds) {
    for (const auto end = Clock::now() + 5s; Clock::now() < end; std::this_thread::sleep_for(2ms)) {
        if (holds()) return true;
    }
    return false;
}

}  // namespace

TEST_CASE("guests are asked one at a time, at most once per interval, and forgotten when they are gone") {
    std::atomic<int> asked{0}, open{0};
    std::atomic<bool> overlapped{false};
    GuestAgentPoller poller(quick, [&](const Subject& subject, Clock::time_point) -> Result<std::string> {
        if (++open > 1) overlapped = true;
        ++asked;
        std::this_thread::sleep_for(1ms);
        --open;
        return std::to_string(subject.process->pid());
    });
    const auto self = process(::getpid());
    const auto other = process(1);
    CHECK(!poller.newest(*self));
    const auto began = Clock::now();
    poller.set_guests({{self, {}}, {other, {}}});
    REQUIRE(eventually([&] { return poller.newest(*other) && poller.newest(*self) && asked >= 6; }));
    CHECK(Clock::now() - began >= 2 * quick.interval);
    CHECK(poller.newest(*self)->json == std::to_string(::getpid()));
    CHECK(poller.newest(*other)->json == "1");
    CHECK(!overlapped);
    poller.set_guests({{self, {}}});
    CHECK(!poller.newest(*other));
    CHECK(poller.newest(*self));
}

TEST_CASE("a silent guest is asked ever more rarely, its last answer stays") {
    std::atomic<int> asked{0};
    GuestAgentPoller poller(quick, [&](const Subject&, Clock::time_point) -> Result<std::string> {
        if (++asked == 1) return std::string("good");
        return fail(ErrorKind::timeout, "silent");
    });
    const auto self = process(::getpid());
    const auto began = Clock::now();
    poller.set_guests({{self, {}}});
    REQUIRE(eventually([&] { return asked == 5; }));
    // After 20 ms (it had answered), 40, 80 and 100.
    CHECK(Clock::now() - began >= 235ms);
    const auto info = poller.newest(*self);
    REQUIRE(info);
    CHECK(info->json == "good");
    CHECK(info->why == "silent");
}

TEST_CASE("readers and newcomers do not wait for a guest that is being asked, and the end is prompt") {
    std::atomic<bool> asking{false}, release{false};
    auto poller = std::make_unique<GuestAgentPoller>(quick, [&](const Subject&, Clock::time_point) -> Result<std::string> {
        asking = true;
        while (!release) std::this_thread::sleep_for(1ms);
        return std::string();
    });
    const auto self = process(::getpid());
    poller->set_guests({{self, {}}});
    REQUIRE(eventually([&] { return asking.load(); }));
    CHECK(!poller->newest(*self));
    poller->set_guests({{process(1), {}}});
    release = true;
    REQUIRE(eventually([&] { return poller->newest(*process(1)).has_value(); }));
    const auto began = Clock::now();
    poller.reset();
    CHECK(Clock::now() - began < 1s);
    // Also with nobody to ask, and while waiting for the next time.
    GuestAgentPoller({1h, 1h, 1s}, [](const Subject&, Clock::time_point) -> Result<std::string> { return std::string(); })
        .set_guests({{self, {}}});
    const GuestAgentPoller idle;
    CHECK(Clock::now() - began < 1s);
}
