// The strip of past %CPU: from a ring at once, then step by step.
#include "top/source/cpu_strip.h"

#include <doctest/doctest.h>

#include "builder.h"
#include "core/ring/writer.h"
#include "tests/core/sample.h"
#include "top/view/list/name_glob.h"
#include "top/view/summary.h"

using namespace virtscope;
using namespace virtscope::top;
using namespace virtscope::top::test;
using namespace std::chrono_literals;

namespace {

// A host of two CPUs and one guest; frames are a second apart.
class Ring {
public:
    explicit Ring(const std::string& path)
        : writer_(*RingWriter::open(path, 4 << 20)), reader_(*RingReader::open(path)) {}

    // Some seconds in which the guest uses so much of the host.
    void run(int seconds, double percent) {
        for (int i = 0; i < seconds; ++i) {
            used_ += static_cast<std::uint64_t>(percent / 100 * 2 * second);
            Frame frame = frame_of(guests_, roster_, ticks_++ * second);
            frame.set(0, GuestMetric::cpu_time, used_);
            REQUIRE(writer_.publish(frame));
        }
    }

    std::string text(CpuStrip& strip) { return strip_text(strip.at(reader_, *reader_.newest())); }
    std::string text_at(CpuStrip& strip, std::int64_t back) {
        const auto newest = reader_.newest();
        return strip_text(strip.at(reader_, *reader_.step(**newest, -back)));
    }

private:
    std::vector<GuestSpec> guests_{{.name = "a"}};
    RosterPtr roster_ = roster_of(guests_);
    RingWriter writer_;
    RingReader reader_;
    std::int64_t ticks_ = 0;
    std::uint64_t used_ = 0;
};

}  // namespace

TEST_CASE("a ring fills the strip at once, as far as it reaches") {
    const sample::Directory folder;
    Ring ring(folder.file("ring"));
    CpuStrip strip(10s);
    ring.run(1, 0);
    CHECK(ring.text(strip).empty());
    ring.run(10, 10);
    ring.run(10, 20);
    ring.run(5, 30);
    CpuStrip later(10s);
    CHECK(ring.text(later) == " 25.0% 15.0%");  // each is the average of its ten seconds
    ring.run(200, 40);
    CpuStrip full(10s);
    CHECK(ring.text(full) == " 40.0% 40.0% 40.0% 40.0% 40.0% 40.0% 40.0% 40.0% 40.0% 40.0% 40.0%");
}

TEST_CASE("then a value comes each step, and the oldest goes") {
    const sample::Directory folder;
    Ring ring(folder.file("ring"));
    CpuStrip strip(10s);
    ring.run(121, 10);
    const std::string full = ring.text(strip);
    ring.run(9, 50);
    CHECK(ring.text(strip) == full);
    ring.run(1, 50);
    CHECK(ring.text(strip) == " 50.0%" + full.substr(6));
    CHECK(ring.text(strip) == " 50.0%" + full.substr(6));
}

TEST_CASE("elsewhere in time it is of that time") {
    const sample::Directory folder;
    Ring ring(folder.file("ring"));
    CpuStrip strip(10s);
    ring.run(31, 10);
    ring.run(30, 80);
    CHECK(ring.text(strip).starts_with(" 80.0% 80.0% 80.0% 10.0%"));
    CHECK(ring.text_at(strip, 35) == " 10.0% 10.0%");
    CHECK(ring.text(strip).starts_with(" 80.0% 80.0%"));
}

TEST_CASE("globs") {
    CHECK(matches_glob("web01", "web01"));
    CHECK_FALSE(matches_glob("web0", "web01"));
    CHECK_FALSE(matches_glob("vm1", "vm10"));
    CHECK(matches_glob("web*", "web"));
    CHECK(matches_glob("*a*b*", "xxaxxbxx"));
    CHECK_FALSE(matches_glob("*a*b", "xxaxxbxx"));
    CHECK(matches_glob("w?b", "wéb"));
    CHECK_FALSE(matches_glob("w?b", "wb"));
    CHECK(matches_glob("??", "\xff\xfe"));
    CHECK(matches_glob("", ""));
    CHECK_FALSE(matches_glob("", "a"));
    CHECK(matches_glob("[a]", "[a]"));
    CHECK_FALSE(matches_glob("A", "a"));
    CHECK_FALSE(matches_glob(std::string(200, '*') + "b", std::string(2000, 'a')));
    const std::vector<std::string> globs{"a*", "b"};
    CHECK(is_chosen(globs, "abc"));
    CHECK(is_chosen(globs, "b"));
    CHECK_FALSE(is_chosen(globs, "c"));
    CHECK(is_chosen({}, "c"));
}
