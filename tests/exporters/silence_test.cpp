#include "exporters/base/silence.h"

#include <doctest/doctest.h>

#include <cstdio>

#include <unistd.h>

#include "core/fd.h"
#include "tests/core/tape.h"

using namespace virtscope;
using namespace virtscope::exporters;

namespace {

// What is said on standard error meanwhile.
template <class Act>
std::string said(Act act) {
    const sample::Directory folder;
    const std::string path = folder.file("said");
    std::fflush(stderr);
    const Fd before(::dup(STDERR_FILENO));
    REQUIRE(std::freopen(path.c_str(), "w", stderr) != nullptr);
    act();
    std::fflush(stderr);
    ::dup2(before.get(), STDERR_FILENO);
    return sample::read_all(path);
}

Frame taken(std::int64_t seconds_ago) {
    const Now now = read_now();
    Frame frame;
    frame.realtime = now.realtime - seconds_ago * 1'000'000'000;
    frame.monotonic = now.monotonic - seconds_ago * 1'000'000'000;
    frame.reset(sample::changed(sample::roster(1), [&](Roster& roster) { roster.host.boot_id = now.boot_id; }));
    frame.set(0, AgentMetric::tick_interval, 1'000'000'000);
    return frame;
}

}  // namespace

TEST_CASE("an agent that falls silent is told once, and once when it is back") {
    Silence silence("/ring");
    CHECK(said([&] { silence.look(); }).empty());  // nothing was ever heard: who reads the ring says that
    CHECK(said([&] {
              silence.heard(taken(0));
              silence.look();
          }).empty());
    CHECK(said([&] {
              silence.heard(taken(60));
              silence.look();
              silence.look();
          }).starts_with("virtscope-export: /ring: no new sample for 1 min"));
    CHECK(said([&] {
              silence.heard(taken(40));  // what is old is caught up with
              silence.look();
          }).empty());
    CHECK(said([&] {
              silence.heard(taken(0));
              silence.heard(taken(0));
              silence.look();
          }).starts_with("virtscope-export: /ring: new samples again, after 1 min"));
}
