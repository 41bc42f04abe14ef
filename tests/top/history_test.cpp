// Moments of a ring and of a recording: where keys lead, what is shown there, where it ends.
#include <doctest/doctest.h>

#include "core/freshness.h"
#include "core/time_text.h"
#include "tests/top/tape.h"

using namespace virtscope;
using namespace virtscope::top;
using namespace virtscope::top::test;
using namespace std::chrono_literals;

namespace {

Picture go(FrameSource& source, Move move, std::chrono::nanoseconds window = 3s) {
    auto picture = source.go(move, window);
    REQUIRE(picture);
    return std::move(*picture);
}

Picture look(FrameSource& source, std::chrono::nanoseconds window = 3s) {
    auto picture = source.look(window);
    REQUIRE(picture);
    return std::move(*picture);
}

// Second of the tape.
std::int64_t place(const Picture& picture) { return (picture.frame().monotonic - 5000 * second) / second; }

Event started(const std::string& name) { return {EventKind::guest_started, {}, name, {}}; }

std::vector<std::string> names(const Picture& picture) {
    std::vector<std::string> out;
    out.reserve(picture.events.size());
    for (const EventAt& happened : picture.events) out.push_back(happened.event.name);
    return out;
}

}  // namespace

TEST_CASE("steps lead a frame back and on, and past the newest to the present") {
    Tape tape;
    tape.publish_until(0, 10);
    const auto source = tape.ring();
    CHECK_FALSE(look(*source).is_history);
    Picture picture = go(*source, Move::back);
    CHECK(place(picture) == 9);
    CHECK(picture.is_history);
    CHECK(picture.is_new);
    CHECK(picture.notice.empty());
    CHECK(place(go(*source, Move::back)) == 8);
    CHECK(place(go(*source, Move::forward)) == 9);
    picture = go(*source, Move::forward);
    CHECK(place(picture) == 10);
    CHECK(picture.is_history);
    picture = go(*source, Move::forward);
    CHECK(place(picture) == 10);
    CHECK_FALSE(picture.is_history);
    CHECK_FALSE(picture.is_new);
}

TEST_CASE("history stands still while the ring goes on; newest leads to the present") {
    Tape tape;
    tape.publish_until(0, 10);
    const auto source = tape.ring();
    go(*source, Move::back);
    tape.publish_until(11, 20);
    const Picture still = look(*source);
    CHECK(place(still) == 9);
    CHECK_FALSE(still.is_new);
    CHECK_FALSE(source->more_to_come());
    const Picture live = go(*source, Move::newest);
    CHECK(place(live) == 20);
    CHECK_FALSE(live.is_history);
    CHECK(live.pair.interval() == 3 * second);
    tape.publish(21);
    CHECK(place(look(*source)) == 21);
}

TEST_CASE("rates are over the delay before the moment, as live") {
    Tape tape;
    tape.publish_until(0, 100);
    const auto live = tape.ring();
    const Picture now = look(*live);
    const auto source = tape.recording();
    CHECK(look(*source).pair.rate(0, GuestMetric::cpu_time) == now.pair.rate(0, GuestMetric::cpu_time));
    const Picture picture = go(*source, Move::minute_back);
    CHECK(place(picture) == 40);
    CHECK(picture.pair.interval() == 3 * second);
    // The ring keeps rows' times to 16 us.
    CHECK(*picture.pair.rate(0, GuestMetric::cpu_time) == doctest::Approx((1600.0 - 37 * 37) / 3).epsilon(1e-4));
    // Another delay, other rates; the moment stays.
    const Picture longer = look(*source, 10s);
    CHECK(place(longer) == 40);
    CHECK(longer.pair.interval() == 10 * second);
    CHECK(go(*source, Move::forward, 10s).pair.interval() == 10 * second);
    CHECK(go(*source, Move::minute_forward, 10s).remark == "this is the end of the recording");
}

TEST_CASE("minutes: back to the oldest, which is said, and on to the end") {
    Tape tape;
    tape.publish_until(0, 150);
    const auto source = tape.ring();
    CHECK(place(go(*source, Move::minute_back)) == 90);
    CHECK(place(go(*source, Move::minute_back)) == 30);
    Picture picture = go(*source, Move::minute_back);
    CHECK(place(picture) == 0);
    CHECK(picture.remark == "this is the oldest frame of the ring");
    CHECK_FALSE(picture.has_rates);
    CHECK(look(*source).remark.empty());
    picture = go(*source, Move::back);
    CHECK(place(picture) == 0);
    CHECK_FALSE(picture.is_new);
    CHECK(picture.remark == "this is the oldest frame of the ring");
    CHECK(place(go(*source, Move::minute_forward)) == 60);
    CHECK(place(go(*source, Move::minute_forward)) == 120);
    picture = go(*source, Move::minute_forward);
    CHECK(place(picture) == 150);
    CHECK_FALSE(picture.is_history);
}

TEST_CASE("a recording has no present: it stays at its end and says so") {
    Tape tape;
    tape.publish_until(0, 10);
    const auto source = tape.recording();
    Picture picture = look(*source);
    CHECK(place(picture) == 10);
    CHECK(picture.is_history);
    CHECK(picture.notice.empty());
    picture = go(*source, Move::forward);
    CHECK(place(picture) == 10);
    CHECK(picture.is_history);
    CHECK(picture.remark == "this is the end of the recording");
    go(*source, Move::back);
    picture = go(*source, Move::newest);
    CHECK(place(picture) == 10);
    CHECK(picture.is_history);
    CHECK(go(*source, Move::minute_back).remark == "this is the beginning of the recording");
}

TEST_CASE("what the writer overwrote is not shown on: the oldest that is left is, and it is said") {
    Tape tape(1 << 20);
    tape.publish_until(0, 5);
    const auto source = tape.ring();
    CHECK(place(go(*source, Move::back)) == 4);
    std::int64_t at = 6;
    Picture picture = look(*source);
    for (; picture.notice.empty() && at < 100'000; at += 100) {
        tape.publish_until(at, at + 99);
        picture = look(*source);
    }
    CHECK(picture.notice == "the moment shown was overwritten: this is the oldest that is left");
    CHECK(picture.is_history);
    CHECK(picture.is_new);
    CHECK(place(picture) > 4);
    CHECK(look(*source).notice == picture.notice);
    CHECK(place(look(*source)) == place(picture));
    CHECK(go(*source, Move::back).remark == "this is the oldest frame of the ring");
    const Picture next = go(*source, Move::forward);
    CHECK(place(next) == place(picture) + 1);
    CHECK(next.notice.empty());
}

TEST_CASE("events of the stretch the rates are about, and of what was passed over") {
    Tape tape;
    for (std::int64_t at = 0; at <= 100; ++at) {
        tape.publish(at, at % 10 == 5 ? std::vector{started(std::to_string(at))} : std::vector<Event>());
    }
    const auto source = tape.ring();
    CHECK(look(*source).events.empty());
    CHECK(go(*source, Move::minute_back).events.empty());  // 40: nothing in (37, 40]
    CHECK(names(go(*source, Move::minute_forward)) == std::vector<std::string>{"45", "55", "65", "75", "85", "95"});
    for (int i = 0; i < 3; ++i) go(*source, Move::back);
    CHECK(names(look(*source)) == std::vector<std::string>{"95"});  // 97: in (94, 97]
    CHECK(go(*source, Move::forward).events.empty());
    const Picture live = go(*source, Move::newest);
    CHECK(live.events.empty());
}

TEST_CASE("a wall clock that was set back and a reboot are no obstacle") {
    Tape tape;
    tape.publish_until(0, 70);
    for (std::int64_t at = 71; at <= 100; ++at) tape.publish(at, {}, -60);
    tape.boot("two");
    tape.publish_until(2, 5);
    const auto source = tape.ring();
    CHECK(place(go(*source, Move::minute_back)) == 2);    // the boot began there
    CHECK(place(go(*source, Move::minute_back)) == 100);  // and the one before ended here
    CHECK(place(go(*source, Move::minute_back)) == 40);
    CHECK(place(go(*source, Move::minute_forward)) == 100);
    const Picture next = go(*source, Move::forward);
    CHECK(place(next) == 2);
    CHECK_FALSE(next.has_rates);
}

TEST_CASE("a time asked for is the newest frame not after it") {
    Tape tape;
    tape.publish_until(0, 10);
    tape.publish_until(60, 70);
    const auto source = tape.ring();
    Picture picture = *source->at(tape.begin + 5 * second + second / 2, 3s);
    CHECK(place(picture) == 5);
    CHECK(picture.is_history);
    CHECK(picture.remark.empty());
    CHECK(picture.pair.interval() == 3 * second);
    picture = *source->at(tape.begin + 50 * second, 3s);
    CHECK(place(picture) == 10);
    CHECK(picture.remark ==
          "nothing was recorded at " + local_time(tape.begin + 50 * second) + ": this is from 40 s before");

    const auto early = source->at(tape.begin - second, 3s);
    REQUIRE_FALSE(early);
    CHECK(early.error().message ==
          local_time(tape.begin - second) + " is before the oldest frame, which is of " + local_time(tape.begin));
    const auto late = source->at(read_now().realtime + 3600 * second, 3s);
    REQUIRE_FALSE(late);
    CHECK(late.error().message.find(" is in the future: the newest frame is of " +
                                    local_time(tape.begin + 70 * second)) != std::string::npos);
}

TEST_CASE("output goes on by the delay, with rates since the picture before, to the end") {
    Tape tape;
    tape.publish_until(0, 10);
    const auto source = tape.recording();
    CHECK(place(go(*source, Move::oldest)) == 0);
    for (const std::int64_t at : {3, 6, 9}) {
        const Picture picture = go(*source, Move::onward);
        CHECK(place(picture) == at);
        CHECK(picture.is_new);
        CHECK(picture.pair.interval() == 3 * second);
    }
    const Picture end = go(*source, Move::onward);
    CHECK(place(end) == 9);
    CHECK_FALSE(end.is_new);
    // A shorter delay than there are frames for.
    go(*source, Move::oldest);
    CHECK(place(go(*source, Move::onward, 1ms)) == 1);

    const auto ring = tape.ring();
    REQUIRE(ring->at(tape.begin + 7 * second, 3s));
    CHECK(place(go(*ring, Move::onward)) == 10);
    const Picture live = go(*ring, Move::onward);
    CHECK_FALSE(live.is_history);
    CHECK_FALSE(live.is_new);
    CHECK(live.pair.interval() == 3 * second);
}

TEST_CASE("a recording must be one") {
    const sample::Directory folder;
    CHECK(choose_source({.file = folder.file("none")}).error().kind == ErrorKind::absent);
    sample::write_all(folder.file("text"), std::string(10000, 'x'));
    CHECK(choose_source({.file = folder.file("text")}).error().kind == ErrorKind::malformed);
}
