// SIGKILL at any instruction, literally: a writer is stepped through several publish() calls one
// instruction at a time, and whenever the file has changed its image is taken as if the writer had been killed
// there. From each image every frame published before is read, and a successor goes on.
#include <cstring>

#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/fd.h"
#include "core/ring/format.h"
#include "core/ring/reader.h"
#include "core/ring/writer.h"
#include "tests/core/sample.h"

using namespace virtscope;

namespace {

// Chosen so that the steps take in the end of a lap, a padding record and a change of roster.
constexpr std::uint64_t before = 18;
constexpr std::uint64_t last = 25;
constexpr std::uint64_t bytes = ring::min_capacity;

RosterPtr who(std::uint64_t number) { return sample::roster(1, static_cast<unsigned>(number / 4)); }

void publish(RingWriter& ring, std::uint64_t number) {
    Frame frame = sample::frame(number, who(number));
    if (!ring.publish(frame) || frame.sequence != number) ::_exit(2);
}

[[noreturn]] void be_stepped(const std::string& path) {
    auto ring = RingWriter::open(path, bytes);
    if (!ring) ::_exit(1);
    for (std::uint64_t n = 1; n <= before; ++n) publish(*ring, n);
    Frame frame;
    ::ptrace(PTRACE_TRACEME, 0, nullptr, nullptr);
    for (std::uint64_t n = before + 1; n <= last; ++n) {
        sample::fill(frame, n, who(n));
        ::raise(SIGSTOP);  // step from here
        if (!ring->publish(frame)) ::_exit(2);
        ::raise(SIGSTOP);  // to here
    }
    ::_exit(0);
}

// The process has stopped by itself (true) or ended (false); otherwise it was stepped.
enum class Stop { itself, step, ended };
Stop wait_for(pid_t pid, int& status) {
    REQUIRE(::waitpid(pid, &status, 0) == pid);
    if (WIFEXITED(status) || WIFSIGNALED(status)) return Stop::ended;
    return WSTOPSIG(status) == SIGSTOP ? Stop::itself : Stop::step;
}

// Looks at an image as a reader and as the next writer; `published` frames were whole before.
void check_image(const std::string& path, const std::string& image, std::uint64_t published) {
    sample::write_all(path, image);
    auto follow = RingReader::open(path);
    REQUIRE(follow);
    const auto all = follow->since(0, 100);
    REQUIRE(all);
    REQUIRE(!all->frames.empty());
    for (const FramePtr& frame : all->frames) REQUIRE(sample::genuine(*frame));
    const std::uint64_t newest = all->frames.back()->sequence;
    REQUIRE(newest >= published);
    REQUIRE(newest <= published + 1);
    REQUIRE(all->lost + all->frames.size() == newest);
    REQUIRE(follow->info()->damaged == 0);
    auto ring = RingWriter::open(path, bytes);
    REQUIRE(ring);
    Frame frame = sample::frame(newest + 1, who(99));
    REQUIRE(ring->publish(frame));
    REQUIRE(frame.sequence >= newest + 1);
    sample::fill(frame, frame.sequence + 1, who(99));
    REQUIRE(ring->publish(frame));
    const auto read = follow->newest();
    REQUIRE(read);
    REQUIRE(sample::same(**read, frame));
}

class Image {
public:
    explicit Image(const std::string& path) {
        const Fd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
        void* const at = ::mmap(nullptr, size, PROT_READ, MAP_SHARED, fd.get(), 0);
        REQUIRE(at != MAP_FAILED);
        live_ = static_cast<const char*>(at);
        copy_.assign(live_, size);
    }
    bool changed() {
        if (std::memcmp(live_, copy_.data(), size) == 0) return false;
        copy_.assign(live_, size);
        return true;
    }
    const std::string& copy() const { return copy_; }

private:
    static constexpr std::size_t size = ring::page + bytes;
    const char* live_ = nullptr;
    std::string copy_;
};

}  // namespace

TEST_CASE("a writer killed after any instruction of publish() leaves every frame before readable") {
    const sample::Directory dir;
    const auto path = dir.file("ring");
    const auto copy = dir.file("copy");
    const pid_t writer = ::fork();
    REQUIRE(writer >= 0);
    if (writer == 0) be_stepped(path);
    int status = 0;
    std::uint64_t steps = 0;
    std::uint64_t images = 0;
    std::uint64_t published = before;
    REQUIRE(wait_for(writer, status) == Stop::itself);
    Image image(path);
    bool inside = true;
    for (;;) {
        const auto how = inside ? PTRACE_SINGLESTEP : PTRACE_CONT;
        REQUIRE(::ptrace(how, writer, nullptr, nullptr) == 0);
        const Stop stop = wait_for(writer, status);
        if (stop == Stop::ended) break;
        steps += inside ? 1 : 0;
        if (stop == Stop::itself) {
            if (inside) ++published;
            inside = !inside;
        }
        if (image.changed()) {
            ++images;
            check_image(copy, image.copy(), published);
        }
    }
    MESSAGE(steps, " instructions, ", images, " states of the file");
    CHECK(WIFEXITED(status));
    CHECK(WEXITSTATUS(status) == 0);
    CHECK(published == last);
    CHECK(images > 50);
    // The steps went over the end of a lap.
    ring::HeaderPage header{};
    std::memcpy(&header, image.copy().data(), sizeof header);
    CHECK(header.words.head > 2 * bytes);
}
