#include "exporters/base/position.h"

#include <doctest/doctest.h>

#include <filesystem>

#include "tests/core/sample.h"

using namespace virtscope;
using namespace virtscope::exporters;

namespace {

const Position somewhere{.sequence = 18'446'744'073'709'551'615ULL,
                         .realtime = 1'700'000'000'000'000'001,
                         .monotonic = -5,
                         .boot_id = "boot"};

}  // namespace

TEST_CASE("a position comes back as it was saved") {
    const sample::Directory folder;
    const std::string path = folder.file("state");
    const auto none = load_position(path);
    REQUIRE(none);
    CHECK(!*none);
    REQUIRE(save_position(path, somewhere));
    REQUIRE(save_position(path, somewhere));
    const auto loaded = load_position(path);
    REQUIRE(loaded);
    CHECK(*loaded == somewhere);
    CHECK(!std::filesystem::exists(path + ".new"));
}

TEST_CASE("what is no position is said to be none, cut at every byte too") {
    const sample::Directory folder;
    const std::string path = folder.file("state");
    REQUIRE(save_position(path, somewhere));
    const std::string whole = sample::read_all(path);
    for (std::size_t length = 0; length + 1 < whole.size(); ++length) {
        sample::write_all(path, whole.substr(0, length));
        const auto loaded = load_position(path);
        REQUIRE(!loaded);
        CHECK(loaded.error().kind == ErrorKind::malformed);
        CHECK(loaded.error().message.contains(path));
    }
    for (const char* text : {"[]", "{}", R"({"sequence":-1,"realtime":1,"monotonic":1,"boot_id":""})",
                             R"({"sequence":1,"realtime":"1","monotonic":1,"boot_id":""})",
                             R"({"sequence":1,"realtime":1,"monotonic":1.5,"boot_id":""})"}) {
        sample::write_all(path, text);
        CHECK(!load_position(path));
    }
    sample::write_all(path, std::string(100'000, '['));
    CHECK(!load_position(path));
}

TEST_CASE("a position is one exporter's at a time") {
    const sample::Directory folder;
    const std::string path = folder.file("state");
    {
        const auto held = hold_position(path);
        REQUIRE(held);
        CHECK(*held);
        const auto second = hold_position(path);
        REQUIRE(!second);
        CHECK(second.error().kind == ErrorKind::busy);
        CHECK(second.error().message.contains(path));
        CHECK(hold_position(folder.file("other")));
    }
    const auto after = hold_position(path);
    REQUIRE(after);
    CHECK(*after);
    const auto nowhere = hold_position("/nonexistent/folder/state");
    REQUIRE(nowhere);
    CHECK(!*nowhere);
}

TEST_CASE("a folder that is not there is named") {
    const auto saved = save_position("/nonexistent/folder/state", somewhere);
    REQUIRE(!saved);
    CHECK(saved.error().kind == ErrorKind::absent);
    CHECK(saved.error().message.contains("/nonexistent/folder/state"));
}

TEST_CASE("within a boot the monotonic clock decides what is later, else the wall clock") {
    Frame frame = sample::frame(5, sample::roster(1));
    Position position = position_of(frame);
    CHECK(!is_after(frame, position));
    frame.realtime -= 1'000;
    frame.monotonic += 1;
    CHECK(is_after(frame, position));
    position.boot_id = "another";
    CHECK(!is_after(frame, position));
    frame.realtime += 2'000;
    CHECK(is_after(frame, position));
}
