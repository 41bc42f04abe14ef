// Each system call of the ring's writer and readers fails once, the first of its kind, the second, and so on until a run
// is untouched. Whatever fails: no crash, one-line errors that name the file, nothing torn, every frame whose publish()
// succeeded readable, and a new writer goes on.
#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <map>
#include <set>

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <sys/resource.h>

#include "core/ring/format.h"
#include "core/ring/reader.h"
#include "core/ring/writer.h"
#include "tests/core/children.h"
#include "tests/core/numbered.h"

using namespace virtscope;
using children::Fault;

namespace {

constexpr std::uint64_t wide = 128 << 10;  // nothing is overwritten
constexpr std::uint64_t narrow = 32 << 10;  // the oldest are

// What a ring held before the child came.
struct Before {
    std::string name;
    std::uint64_t frames;  // 0: no file
    std::uint64_t bytes;   // of the ring that is there
    std::uint64_t wanted;  // of the ring the child opens
};
const Before fresh{"fresh", 0, 0, wide};
const Before resumed{"resumed", 5, wide, wide};
const Before lapping{"lapping", 24, narrow, narrow};
const Before aside{"other size", 5, narrow, wide};

std::string text(const Fault& fault) { return fmt::format("({}, {}, {})", fault.kind, fault.n, fault.how); }

std::string once(int code) { return std::to_string(code); }
std::string lasting(int code) { return std::to_string(code) + "+"; }

// All that failed runs say, told once a cause so that a bug does not fill pages.
class Complaints {
public:
    void add(const std::string& which, const std::string& what) {
        if (++count_[what] <= 3) MESSAGE(which, ": ", what);
    }
    std::size_t size() const { return count_.size(); }
    ~Complaints() {
        for (const auto& [what, times] : count_) MESSAGE(times, " runs: ", what);
    }

private:
    std::map<std::string, unsigned> count_;
};

// Sequences and the numbers of the frames that were published under them.
using Published = std::map<std::uint64_t, std::uint64_t>;

struct Case {
    const Before& before;
    std::string path;
    std::string image;
    Published published;
};

Case prepare(const Before& before, const std::string& path) {
    Case made{.before = before, .path = path, .image = {}, .published = {}};
    if (before.frames == 0) return made;
    auto ring = RingWriter::open(path, before.bytes);
    REQUIRE(ring);
    for (std::uint64_t number = 1; number <= before.frames; ++number) {
        Frame frame = sample::frame(number, sample::roster(1));
        REQUIRE(ring->publish(frame));
        made.published[frame.sequence] = number;
    }
    made.image = sample::read_all(path);
    return made;
}

void put_back(const Case& with) {
    (void)std::remove(with.path.c_str());
    (void)std::remove((with.path + ".old").c_str());
    if (!with.image.empty()) sample::write_all(with.path, with.image);
}

// What is wrong with a line that a child printed; empty: nothing.
std::string wrong(const std::string& line, const std::string& path) {
    if (line.starts_with("published ") || line.starts_with("read ") || line.starts_with("full ")) return {};
    if (line.starts_with("info ")) return {};
    if (!line.starts_with("failed ")) return line;
    return line.find(path) == std::string::npos ? "an error without the file: " + line : std::string();
}

// False: a sequence did not rise.
bool note_published(const children::Told& told, Published& published) {
    bool rising = true;
    for (const std::string& line : told.lines) {
        unsigned long long sequence = 0;
        unsigned long long number = 0;
        if (std::sscanf(line.c_str(), "published %llu %llu", &sequence, &number) != 2) continue;
        rising = rising && (published.empty() || sequence > published.rbegin()->first);
        published[sequence] = number;
    }
    return rising;
}

// Reads all there is; false and a word on what is wrong.
std::string look_through(const std::string& path, const Published& published, std::set<std::uint64_t>& seen) {
    auto ring = RingReader::open(path);
    if (!ring) return ring.error().kind == ErrorKind::absent ? std::string() : "a reader cannot open it";
    const auto all = ring->since(0, 1000);
    if (!all) return "a reader gets an error";
    for (const FramePtr& frame : all->frames) {
        const auto number = sample::number_of(*frame);
        if (!number) return "a torn frame";
        const auto known = published.find(frame->sequence);
        if (known != published.end() && known->second != *number) return "a frame that was not published, in place of one that was";
        seen.insert(frame->sequence);
    }
    const auto newest = ring->newest();
    if (newest && !sample::number_of(**newest)) return "the newest frame is torn";
    // The image comes before the word that tells of the frame: newest() may be one ahead.
    if (!all->frames.empty() && (!newest || (*newest)->sequence < all->frames.back()->sequence)) return "newest is not the newest";
    return {};
}

std::string anything_lost(const Case& with, const Published& published, const std::set<std::uint64_t>& seen) {
    // In a narrow ring the oldest were overwritten: what is there must reach to the end without a gap.
    const std::uint64_t from = with.before.wanted == narrow && !seen.empty() ? *seen.begin() : 0;
    std::size_t missing = 0;
    for (const auto& [sequence, number] : published) missing += sequence >= from && !seen.contains(sequence) ? 1 : 0;
    if (missing == 0 && (seen.size() >= 8 || with.before.wanted != narrow)) return {};
    return missing == published.size() ? "every published frame is lost" : "published frames are lost";
}

// What is wrong with the files a child left; empty: nothing.
std::string examine(const Case& with, const Published& published) {
    std::set<std::uint64_t> seen;
    for (const std::string& file : {with.path + ".old", with.path}) {
        if (std::string said = look_through(file, published, seen); !said.empty()) return said;
    }
    return anything_lost(with, published, seen);
}

std::string go_on(const Case& with, Published& published) {
    auto ring = RingWriter::open(with.path, with.before.wanted);
    if (!ring) return "a new writer is refused";
    Frame frame = sample::frame(100, sample::roster(3, 7));
    if (!ring->publish(frame)) return "a new writer cannot publish";
    if (!published.empty() && frame.sequence <= published.rbegin()->first) return "the sequence goes back";
    published[frame.sequence] = 100;
    const std::string said = examine(with, published);
    return said.empty() ? said : "after a new writer: " + said;
}

// Runs the writer once under a fault; whether the fault happened.
bool try_writer(const Case& with, const Fault& fault, Complaints& complaints) {
    put_back(with);
    const auto told = children::run({VIRTSCOPE_FAULT_CHILD, "write", with.path, std::to_string(with.before.wanted), "40"}, &fault);
    const std::string which = fmt::format("{}: {}", with.before.name, text(fault));
    if (!children::well(told.status)) complaints.add(which, "the writer ended with " + children::say(told.status));
    for (const std::string& line : told.lines) {
        if (const std::string said = wrong(line, with.path); !said.empty()) complaints.add(which, said);
    }
    Published published = with.published;
    if (!note_published(told, published)) complaints.add(which, "the sequence goes back, over frames that were there");
    std::string said = examine(with, published);
    if (said.empty()) said = go_on(with, published);
    if (!said.empty()) complaints.add(which, said);
    // A single fault costs the writer its start or at most one frame.
    const auto made = std::ranges::count_if(told.lines, [](const auto& line) { return line.starts_with("published"); });
    if (!fault.how.ends_with('+') && told.lines.size() > 1 && made < 11) complaints.add(which, "more than one frame failed");
    return told.hit;
}

// Each n; far from the beginning, of the many small writes of images, each `stride`-th.
unsigned fail_each(const Case& with, const std::string& kind, const std::string& how, unsigned stride, Complaints& complaints) {
    Fault fault{.kind = kind, .n = 1, .how = how};
    unsigned runs = 1;
    for (; try_writer(with, fault, complaints); ++runs) {
        REQUIRE(fault.n < 2000);
        fault.n += fault.n < 60 ? 1 : stride;
    }
    return runs;
}

// How often the reader reads what, told by its lines; a fault that must change nothing leaves them as they were.
std::vector<std::string> lines_under(const std::vector<std::string>& command, const Fault* fault) {
    const auto told = children::run(command, fault);
    CHECK(children::well(told.status));
    return told.lines;
}

void check_kinds(const Before& before, std::initializer_list<const char*> kinds, std::initializer_list<std::string> hows,
                 unsigned stride = 1) {
    const sample::Directory dir;
    const Case with = prepare(before, dir.file("ring"));
    Complaints complaints;
    unsigned runs = 0;
    for (const char* const kind : kinds) {
        for (const std::string& how : hows) runs += fail_each(with, kind, how, stride, complaints);
    }
    MESSAGE(before.name, ": ", runs, " runs");
    CHECK(complaints.size() == 0);
}

}  // namespace

TEST_CASE("writer: the n-th call that makes, finds or maps a file fails") {
    const auto kinds = {"open", "fstat", "stat", "mmap", "posix_fallocate", "ftruncate", "rename", "fsync"};
    for (const Before& before : {fresh, resumed, aside}) check_kinds(before, kinds, {once(EIO), once(ENOSPC), once(EROFS), once(EINTR)});
}

TEST_CASE("writer: the n-th write fails") {
    check_kinds(fresh, {"pwritev"}, {once(EIO), once(ENOSPC), once(EROFS), once(EINTR)});
    check_kinds(fresh, {"pwrite"}, {once(ENOSPC)});
    check_kinds(resumed, {"pwritev", "pwrite"}, {once(EIO)}, 5);
    check_kinds(lapping, {"pwritev"}, {once(EIO), once(ENOSPC)});
    check_kinds(lapping, {"pwrite"}, {once(EROFS)}, 5);
}

TEST_CASE("writer: the n-th read fails") {
    for (const Before& before : {fresh, resumed, lapping, aside}) check_kinds(before, {"pread"}, {once(EIO), once(EINTR)});
}

TEST_CASE("writer: all calls from the n-th on fail, then the disk is well again") {
    for (const Before& before : {resumed, lapping, aside}) check_kinds(before, {"pread"}, {lasting(EIO)});
    check_kinds(fresh, {"pwritev"}, {lasting(ENOSPC)});
    check_kinds(lapping, {"pwritev"}, {lasting(EIO)});
}

namespace {

// Publishes 12 frames while nothing can be written behind the log: a limit on the file's size does that. Returns how many
// failed.
int publish_without_image(const std::string& path) {
    auto ring = RingWriter::open(path, wide);
    if (!ring) return 100;
    ring::ConstantPart constant{};
    const std::string front = sample::read_all(path).substr(0, sizeof constant);
    std::memcpy(&constant, front.data(), sizeof constant);
    ::signal(SIGXFSZ, SIG_IGN);
    const rlimit limit{.rlim_cur = ring::page + constant.capacity, .rlim_max = RLIM_INFINITY};
    if (::setrlimit(RLIMIT_FSIZE, &limit) != 0) return 101;
    int failed = 0;
    for (std::uint64_t number = 40; number < 52; ++number) {
        Frame frame = sample::frame(number, sample::roster(1));
        failed += ring->publish(frame) ? 0 : 1;
    }
    return failed;
}

}  // namespace

TEST_CASE("writer: where only the image cannot be written, the log goes on") {
    const sample::Directory dir;
    const Case with = prepare(resumed, dir.file("ring"));
    const int status = children::wait_for(children::start([&] { return publish_without_image(with.path); }));
    CHECK_MESSAGE(children::well(status), children::say(status));
    auto ring = RingReader::open(with.path);
    REQUIRE(ring);
    const auto newest = ring->newest();
    REQUIRE(newest);
    CHECK(sample::number_of(**newest) == 51);
    CHECK(ring->since(0, 100)->frames.size() == 17);
}

TEST_CASE("writer: short counts and trains of EINTR change nothing") {
    const sample::Directory dir;
    const auto path = dir.file("ring");
    for (const Before& before : {fresh, resumed, lapping, aside}) {
        const Case with = prepare(before, path);
        const std::vector<std::string> command{VIRTSCOPE_FAULT_CHILD, "write", path, std::to_string(before.wanted), "40"};
        put_back(with);
        const auto untouched = lines_under(command, nullptr);
        CHECK(untouched.size() == 12);
        for (const char* const kind : {"pread", "pwrite", "pwritev", "posix_fallocate", "ftruncate", "open"}) {
            put_back(with);
            const Fault train{.kind = kind, .n = 1, .how = "train"};
            CAPTURE(before.name);
            CAPTURE(text(train));
            CHECK(lines_under(command, &train) == untouched);
        }
        for (const char* const kind : {"pread", "pwrite", "pwritev"}) {
            Complaints complaints;
            for (Fault half{.kind = kind, .n = 1, .how = "short"}; try_writer(with, half, complaints); half.n += half.n < 20 ? 1 : 9) {}
            CHECK(complaints.size() == 0);
        }
        put_back(with);
    }
}

namespace {

// Frames whose sequence is their number, as the reading child wants them; more than one base and roster.
std::string readable_ring(const std::string& path) {
    auto ring = RingWriter::open(path, wide);
    REQUIRE(ring);
    for (std::uint64_t number = 1; number <= 9; ++number) {
        Frame frame = sample::frame(number, sample::roster(1 + number / 5, static_cast<unsigned>(number / 5)));
        REQUIRE(ring->publish(frame));
    }
    return path;
}

// Runs the reader once under a fault; whether the fault happened. Counts the runs after which the reader, with the
// fault long gone, still does not read all.
bool try_reader(const std::string& path, const Fault& fault, Complaints& complaints, unsigned& forgetful) {
    const auto told = children::run({VIRTSCOPE_FAULT_CHILD, "read", path}, &fault);
    const std::string which = "reader: " + text(fault);
    if (!children::well(told.status)) complaints.add(which, "it ended with " + children::say(told.status));
    for (const std::string& line : told.lines) {
        if (const std::string said = wrong(line, path); !said.empty()) complaints.add(which, said);
    }
    if (told.lines.size() > 1 && told.lines.back() != "full 9") ++forgetful;
    return told.hit;
}

}  // namespace

TEST_CASE("reader: the n-th call fails") {
    const sample::Directory dir;
    const auto path = readable_ring(dir.file("ring"));
    Complaints complaints;
    unsigned runs = 0;
    unsigned forgetful = 0;
    for (const char* const kind : {"open", "fstat", "stat", "mmap", "pread"}) {
        for (const int code : {EIO, EACCES, EINTR}) {
            if (kind == std::string("pread") && code == EACCES) continue;
            Fault fault{.kind = kind, .n = 1, .how = once(code)};
            for (; try_reader(path, fault, complaints, forgetful); ++fault.n, ++runs) REQUIRE(fault.n < 2000);
        }
    }
    MESSAGE(runs, " runs; ", forgetful, " of them left the reader without a frame for good");
    Fault fault{.kind = "pread", .n = 1, .how = lasting(EIO)};
    while (try_reader(path, fault, complaints, forgetful)) ++fault.n;
    CHECK(complaints.size() == 0);
}

TEST_CASE("reader: short counts and trains of EINTR change nothing") {
    const sample::Directory dir;
    const auto path = readable_ring(dir.file("ring"));
    const std::vector<std::string> command{VIRTSCOPE_FAULT_CHILD, "read", path};
    const auto untouched = lines_under(command, nullptr);
    CHECK(untouched.back() == "full 9");
    for (const char* const kind : {"pread", "open"}) {
        const Fault train{.kind = kind, .n = 1, .how = "train"};
        CAPTURE(text(train));
        CHECK(lines_under(command, &train) == untouched);
    }
    for (Fault half{.kind = "pread", .n = 1, .how = "short"};; ++half.n) {
        const auto told = children::run(command, &half);
        CAPTURE(text(half));
        CHECK(told.lines == untouched);
        if (!told.hit) break;
    }
}
