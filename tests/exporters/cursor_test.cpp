#include "exporters/base/cursor.h"

#include <doctest/doctest.h>

#include <filesystem>
#include <vector>

#include "core/ring/writer.h"
#include "tests/core/sample.h"

using namespace virtscope;
using namespace virtscope::exporters;
using namespace std::chrono_literals;

namespace {

using Numbers = std::vector<std::int64_t>;

// A ring with a writer; frame n is taken in second n.
class Scene {
public:
    explicit Scene(std::uint64_t bytes = 1 << 20) : bytes_(bytes) { begin(); }

    std::string ring() const { return folder_.file("ring"); }
    void begin() {
        writer_.reset();
        auto writer = RingWriter::open(ring(), bytes_);
        REQUIRE(writer);
        writer_ = std::move(*writer);
    }
    void begin_another() {
        writer_.reset();
        std::filesystem::remove(ring());
        begin();
    }
    void write(std::int64_t from, std::int64_t to, unsigned boot = 1) {
        const auto roster = std::make_shared<Roster>(*sample::roster(3));
        roster->host.boot_id = "boot " + std::to_string(boot);
        for (std::int64_t n = from; n <= to; ++n) {
            Frame frame;
            sample::fill(frame, static_cast<std::uint64_t>(n), roster);
            REQUIRE(writer_->publish(frame));
        }
    }

private:
    sample::Directory folder_;
    std::uint64_t bytes_;
    std::optional<RingWriter> writer_;
};

std::int64_t second_of(const Frame& frame) { return (frame.monotonic >> 30) - 100; }

Numbers visited(Cursor& cursor, Progress* progress = nullptr) {
    Numbers seen;
    const auto done = cursor.advance([&](const Frame& frame) {
        seen.push_back(second_of(frame));
        return true;
    });
    REQUIRE(done);
    CHECK(done->frames == seen.size());
    if (progress != nullptr) *progress = *done;
    return seen;
}

Numbers numbers(std::int64_t from, std::int64_t to) {
    Numbers all;
    for (std::int64_t n = from; n <= to; ++n) all.push_back(n);
    return all;
}

}  // namespace

TEST_CASE("a cursor visits each frame once, from the newest or from the oldest on") {
    Scene scene;
    scene.write(1, 5);
    Cursor newest(scene.ring(), {}, Begin::newest);
    Cursor oldest(scene.ring(), {}, Begin::oldest);
    CHECK(visited(newest) == numbers(5, 5));
    CHECK(visited(oldest) == numbers(1, 5));
    CHECK(visited(newest).empty());
    scene.write(6, 40);
    CHECK(visited(newest) == numbers(6, 40));
    CHECK(visited(oldest) == numbers(6, 40));
    CHECK(newest.frames() == 36);
    CHECK(newest.lost() == 0);
    CHECK(newest.position()->sequence == 40);
}

TEST_CASE("what was not exported comes again") {
    Scene scene;
    scene.write(1, 3);
    Cursor cursor(scene.ring(), {}, Begin::oldest);
    std::int64_t last = 0;
    const auto progress = cursor.advance([&](const Frame& frame) {
        last = second_of(frame);
        return last < 2;
    });
    REQUIRE(progress);
    CHECK(progress->frames == 1);
    CHECK(last == 2);
    CHECK(cursor.position()->sequence == 1);
    CHECK(visited(cursor) == numbers(2, 3));
}

TEST_CASE("a saved position goes on where it was") {
    Scene scene;
    scene.write(1, 5);
    Cursor before(scene.ring(), {}, Begin::oldest);
    visited(before);
    scene.begin();  // the agent, too, was started again
    scene.write(6, 8);
    Cursor after(scene.ring(), before.position(), Begin::newest);
    CHECK(visited(after) == numbers(6, 8));
    Cursor again(scene.ring(), after.position(), Begin::oldest);
    CHECK(visited(again).empty());
}

TEST_CASE("frames that were overwritten are counted as lost") {
    Scene scene(32 << 10);
    scene.write(1, 2);
    Cursor cursor(scene.ring(), {}, Begin::oldest);
    CHECK(visited(cursor) == numbers(1, 2));
    const auto saved = cursor.position();
    scene.write(3, 2000);
    Progress progress;
    const Numbers seen = visited(cursor, &progress);
    REQUIRE(!seen.empty());
    CHECK(seen.back() == 2000);
    CHECK(seen == numbers(seen.front(), 2000));
    CHECK(progress.lost == static_cast<std::uint64_t>(seen.front() - 3));
    CHECK(progress.lost > 0);
    Cursor resumed(scene.ring(), saved, Begin::newest);
    CHECK(visited(resumed, &progress).back() == 2000);
    CHECK(progress.lost > 0);
}

TEST_CASE("a ring that begins anew is followed, and what it repeats is left out") {
    Scene scene;
    scene.write(1, 20);
    Cursor cursor(scene.ring(), {}, Begin::oldest);
    visited(cursor);
    const auto saved = cursor.position();
    scene.begin_another();
    scene.write(18, 23);  // numbered from 1
    CHECK(visited(cursor) == numbers(21, 23));
    scene.write(24, 24);
    CHECK(visited(cursor) == numbers(24, 24));
    Cursor resumed(scene.ring(), saved, Begin::newest);
    CHECK(visited(resumed) == numbers(21, 24));
}

TEST_CASE("another ring that has more frames by now is told from the one of the saved position") {
    Scene scene;
    scene.write(1, 5);
    Cursor cursor(scene.ring(), {}, Begin::oldest);
    visited(cursor);
    scene.begin_another();
    scene.write(4, 30);  // number 5 is second 8
    Cursor resumed(scene.ring(), cursor.position(), Begin::newest);
    CHECK(visited(resumed) == numbers(6, 30));
}

TEST_CASE("a reboot is no repetition, though its clock begins again") {
    Scene scene;
    scene.write(50, 52);
    Cursor cursor(scene.ring(), {}, Begin::oldest);
    CHECK(visited(cursor).size() == 3);
    scene.begin();
    scene.write(1, 2, 2);
    CHECK(visited(cursor) == numbers(1, 2));
}

TEST_CASE("a ring that is not there yet is waited for") {
    const sample::Directory folder;
    Cursor cursor(folder.file("ring"), {}, Begin::newest);
    const auto nothing = cursor.advance([](const Frame&) { return true; });
    REQUIRE(!nothing);
    CHECK(nothing.error().kind == ErrorKind::absent);
    CHECK(!cursor.wait(10ms));
    auto writer = RingWriter::open(folder.file("ring"), 1 << 20);
    REQUIRE(writer);
    CHECK(!cursor.advance([](const Frame&) { return true; }));
    CHECK(!cursor.wait(10ms));
    Frame frame = sample::frame(7, sample::roster(1));
    REQUIRE(writer->publish(frame));
    CHECK(cursor.wait(5s));
    CHECK(visited(cursor) == numbers(7, 7));
    CHECK(!cursor.wait(10ms));
}
