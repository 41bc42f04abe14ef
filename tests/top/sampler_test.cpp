// A virt-top that samples by itself: it knows the past since its start, and what looks at it waits for nobody.
#include <thread>

#include <doctest/doctest.h>

#include "tests/top/builder.h"
#include "top/source/source.h"

using namespace virtscope;
using namespace virtscope::top;
using namespace std::chrono_literals;

namespace {

std::unique_ptr<FrameSource> sampling(const std::string& uri) {
    auto source = open_sampler_source({uri}, "as a test");
    REQUIRE(source);
    return std::move(*source);
}

Picture look(FrameSource& source, std::chrono::nanoseconds window) {
    auto picture = source.look(window);
    REQUIRE(picture);
    return std::move(*picture);
}

// Somebody may have to wait a little on a machine that is busy.
Picture next(FrameSource& source) {
    for (int i = 0; i < 100; ++i) {
        std::this_thread::sleep_for(120ms);
        Picture picture = look(source, 1h);
        if (picture.is_new) return picture;
    }
    FAIL("no sample came");
    return {};
}

}  // namespace

TEST_CASE("who samples by itself has a past that begins with it") {
    const auto source = sampling("test:///default?guests=3");
    const Picture first = look(*source, 1h);
    CHECK(first.is_new);
    CHECK_FALSE(first.has_rates);
    CHECK(first.notice == "as a test");
    const Picture second = next(*source);
    CHECK(second.has_rates);
    CHECK(second.frame().sequence == 2);

    auto back = source->go(Move::back, 1h);
    REQUIRE(back);
    CHECK(back->is_history);
    CHECK(back->frame().sequence == 1);
    CHECK(back->notice.empty());
    CHECK_FALSE(source->more_to_come());
    std::this_thread::sleep_for(120ms);
    // The past stands still, and nobody is asked for it.
    CHECK(look(*source, 1h).frame().sequence == 1);
    auto live = source->go(Move::newest, 1h);
    REQUIRE(live);
    CHECK_FALSE(live->is_history);
    CHECK(live->frame().sequence == 2);
    CHECK(source->more_to_come());

    const auto early = source->at(0, 1h);
    REQUIRE_FALSE(early);
    CHECK(early.error().message.find("before the oldest frame") != std::string::npos);
    CHECK(source->ring_for_orders().error().message.starts_with("no orders: virt-top samples by itself"));
}

TEST_CASE("samples go on by the delay while somebody looks at the past") {
    const auto source = sampling("test:///default?guests=3");
    look(*source, 100ms);
    REQUIRE(source->go(Move::oldest, 100ms));
    for (int i = 0; i < 100 && look(*source, 100ms).frame().sequence == 1; ++i) {
        std::this_thread::sleep_for(100ms);
        const auto live = source->go(Move::newest, 100ms);
        REQUIRE(live);
        if (live->frame().sequence > 3) return;
        REQUIRE(source->go(Move::oldest, 100ms));
    }
    FAIL("no samples came");
}
