// Curves, events and the line of time, out of real rings.
#include <doctest/doctest.h>

#include "core/time_text.h"
#include "tests/top/tape.h"
#include "top/source/past.h"

using namespace virtscope;
using namespace virtscope::top;
using namespace virtscope::top::test;
using namespace std::chrono_literals;

namespace {

using Values = std::vector<std::optional<double>>;
constexpr auto none = std::nullopt;

Picture look(FrameSource& source) {
    auto picture = source.look(3s);
    REQUIRE(picture);
    return std::move(*picture);
}

Curves curves(FrameSource& source, const CurvesWanted& wanted) {
    const Picture picture = look(source);
    auto curves = source.past()->curves(picture.frame(), wanted);
    REQUIRE(curves);
    return std::move(*curves);
}

// Rounded to 1, for the ring keeps rows' times to 16 us.
Values rounded(const Curve& curve) {
    Values out;
    out.reserve(curve.values.size());
    for (const auto& value : curve.values) out.push_back(value ? std::optional(std::round(*value)) : none);
    return out;
}

Event about(const Tape& tape, EventKind kind, const std::string& text) { return {kind, tape.uuid(), "a", text}; }

// CPU of n % in the second before n; reads of n bytes in one operation of n ms.
void counters(Frame& frame, std::uint64_t n) {
    const std::uint64_t sum = n * (n + 1) / 2;
    frame.set(0, GuestMetric::cpu_time, sum * 10'000'000);
    frame.set(0, DiskMetric::read_bytes, sum);
    frame.set(0, DiskMetric::read_ops, n);
    frame.set(0, DiskMetric::read_time, sum * 1'000'000);
    frame.set(0, GuestMetric::memory_available, 100);
    frame.set(0, GuestMetric::memory_unused, 100 - n);
    frame.set(0, HostMetric::psi_cpu_some, sum * 10'000'000);
}

void publish(Tape& tape, std::int64_t from, std::int64_t to) {
    for (std::int64_t at = from; at <= to; ++at) {
        tape.publish(at, {}, 0, [at](Frame& frame) { counters(frame, static_cast<std::uint64_t>(at)); });
    }
}

}  // namespace

TEST_CASE("curves are means over steps up to the moment; what is not known is a gap") {
    Tape tape;
    publish(tape, 0, 20);
    const auto source = tape.ring();
    // A grid of whole seconds since the epoch: the last step is the one the last frame is in.
    const CurvesWanted wanted{.guest = tape.uuid(), .span = 10s, .steps = 10};
    const Curves now = curves(*source, wanted);
    CHECK(now.to - now.from == 10 * second);
    REQUIRE(now.of(Figure::cpu).values.size() == 10);
    CHECK(now.of(Figure::cpu).newest == doctest::Approx(20).epsilon(0.001));
    CHECK(now.of(Figure::cpu).highest == doctest::Approx(20).epsilon(0.001));
    // The last step may have begun just before the frame; each before it lies in two seconds of the tape.
    CHECK(now.of(Figure::cpu).values.back() == doctest::Approx(20).epsilon(0.001));
    CHECK(*now.of(Figure::cpu).values[8] > 18.99);
    CHECK(*now.of(Figure::cpu).values[8] < 20);
    CHECK(now.of(Figure::read_bytes).newest == doctest::Approx(20).epsilon(0.001));
    CHECK(now.of(Figure::read_latency).newest == doctest::Approx(0.020).epsilon(0.001));
    CHECK(now.of(Figure::memory_used).newest == doctest::Approx(20));
    CHECK(now.of(Figure::memory).newest == doctest::Approx(16 << 20));
    CHECK(rounded(now.of(Figure::write_latency)) == Values(10, none));
    CHECK_FALSE(now.of(Figure::psi_cpu).newest);

    const Curves host = curves(*source, {.span = 10s, .steps = 5});
    CHECK(host.of(Figure::psi_cpu).newest == doctest::Approx(20).epsilon(0.001));
    CHECK_FALSE(host.of(Figure::cpu).newest);

    // Longer than the ring: a gap before it, and the first frame has no rate.
    const Curves longer = curves(*source, {.guest = tape.uuid(), .span = 60s, .steps = 60});
    for (std::size_t i = 0; i < 39; ++i) CHECK_FALSE(longer.of(Figure::cpu).values[i]);
    CHECK(longer.of(Figure::cpu).values[45]);
}

TEST_CASE("curves go on with the ring and back with the moment; a pause is a gap, not a slope") {
    Tape tape;
    publish(tape, 0, 100);
    const auto source = tape.ring();
    const CurvesWanted wanted{.guest = tape.uuid(), .span = 20s, .steps = 20};
    curves(*source, wanted);
    publish(tape, 111, 120);
    const Values live = rounded(curves(*source, wanted).of(Figure::cpu));
    CHECK(live.back() == 120.0);
    CHECK(live[15]);
    // Ten seconds without a frame, of which the first one after them speaks for three.
    for (std::size_t i = 2; i < 7; ++i) CHECK_FALSE(live[i]);
    // The same in one go.
    const auto other = tape.ring();
    CHECK(rounded(curves(*other, wanted).of(Figure::cpu)) == live);

    REQUIRE(source->at(tape.begin + 50 * second, 3s));
    const Curve then = curves(*source, wanted).of(Figure::cpu);
    CHECK(then.newest == doctest::Approx(50).epsilon(0.001));
    CHECK(then.highest == doctest::Approx(50).epsilon(0.001));
    REQUIRE(source->go(Move::back, 3s));
    CHECK(curves(*source, wanted).of(Figure::cpu).newest == doctest::Approx(49).epsilon(0.001));
    REQUIRE(source->go(Move::newest, 3s));
    CHECK(rounded(curves(*source, wanted).of(Figure::cpu)) == live);
}

TEST_CASE("a guest that is gone has curves that end; a stranger has none") {
    Tape tape;
    publish(tape, 0, 20);
    const Uuid gone = tape.uuid();
    tape.change_guests({{.name = "b"}});
    publish(tape, 21, 25);
    const auto source = tape.ring();
    const Curve curve = curves(*source, {.guest = gone, .span = 20s, .steps = 20}).of(Figure::cpu);
    CHECK_FALSE(curve.newest);
    CHECK_FALSE(curve.values.back());
    CHECK(curve.highest == doctest::Approx(20).epsilon(0.001));
    CHECK(curve.values[8]);
    const Curve stranger = curves(*source, {.guest = Uuid{}, .span = 20s, .steps = 20}).of(Figure::cpu);
    CHECK(rounded(stranger) == Values(20, none));
}

TEST_CASE("events of one guest, and marks of all, up to what the ring has") {
    Tape tape(16 << 20);
    for (std::int64_t at = 0; at <= 9000; ++at) {
        std::vector<Event> events;
        if (at % 100 == 50) events.push_back(about(tape, EventKind::guest_state, std::to_string(at)));
        if (at == 3000) events.push_back({EventKind::ticks_skipped, {}, {}, {}});
        tape.publish(at, std::move(events));
    }
    const auto source = tape.ring();
    const Picture now = look(*source);
    auto line = source->past()->time_line(now.frame());
    REQUIRE(line);
    CHECK(line->newest == tape.begin + 9000 * second);
    CHECK(line->shown == line->newest);
    // A long ring is read piece by piece.
    CHECK_FALSE(line->has_all_marks);
    CHECK(line->marks.size() == 40);
    for (int i = 0; i < 3 && !line->has_all_marks; ++i) line = source->past()->time_line(now.frame());
    CHECK(line->has_all_marks);
    CHECK(line->oldest == tape.begin);
    CHECK(line->marks.size() == 91);
    CHECK(line->marks.front().realtime == tape.begin + 50 * second);
    CHECK(line->marks.back().kind == EventKind::guest_state);

    const auto events = source->past()->events(now.frame(), tape.uuid(), 50);
    REQUIRE(events);
    CHECK(events->size() == 50);
    CHECK(events->back().event.text == "8950");
    CHECK(events->front().event.text == "4050");
    REQUIRE(source->at(tape.begin + 160 * second, 3s));
    const auto early = source->past()->events(look(*source).frame(), tape.uuid(), 50);
    REQUIRE(early);
    CHECK(early->size() == 2);

    tape.publish(9001, {about(tape, EventKind::guest_stopped, "")});
    line = source->past()->time_line(now.frame());
    REQUIRE(line);
    CHECK(line->marks.size() == 92);
    CHECK(line->marks.back().kind == EventKind::guest_stopped);
}

TEST_CASE("from event to event") {
    Tape tape;
    for (std::int64_t at = 0; at <= 900; ++at) {
        tape.publish(at, at % 300 == 100 ? std::vector{about(tape, EventKind::guest_state, std::to_string(at))}
                                         : std::vector<Event>());
    }
    const auto source = tape.ring();
    const auto go = [&](Move move) { return source->go(move, 3s); };
    const auto text = [](const Result<Picture>& picture) { return picture->events.back().event.text; };
    auto picture = go(Move::event_back);
    REQUIRE(picture);
    CHECK(picture->is_history);
    CHECK(text(picture) == "700");
    CHECK(text(go(Move::event_back)) == "400");
    CHECK(text(go(Move::event_back)) == "100");
    const auto before = go(Move::event_back);
    REQUIRE_FALSE(before);
    CHECK(before.error().message == "no event before this moment");
    CHECK(look(*source).frame().realtime == tape.begin + 100 * second);
    picture = go(Move::event_forward);
    CHECK(text(picture) == "400");
    CHECK(picture->events.size() == 1);
    CHECK(text(go(Move::event_forward)) == "700");
    CHECK(go(Move::event_forward).error().message == "no event after this moment");

    // Live, the moment that is shown counts as well.
    tape.publish(901, {about(tape, EventKind::guest_stopped, "last")});
    REQUIRE(go(Move::newest));
    CHECK(text(go(Move::event_back)) == "last");
}
