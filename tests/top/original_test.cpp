// Whole files of the original virt-top 1.0.9 (fixtures/, its captures), and ours of the same guests.
#include <fstream>
#include <sstream>

#include <doctest/doctest.h>

#include "builder.h"
#include "top/print/csv.h"
#include "top/print/stream.h"

using namespace virtscope;
using namespace virtscope::top;
using namespace virtscope::top::test;

namespace {

constexpr std::int64_t builders_clock = 1'700'065'721 * second;  // 16:28:41

std::string capture(const std::string& name) {
    std::ifstream file(std::string(VIRTSCOPE_FIXTURES) + "/" + name);
    std::ostringstream text;
    text << file.rdbuf();
    REQUIRE_FALSE(text.str().empty());
    return text.str();
}

std::vector<std::string> split(const std::string& text, char at) {
    std::vector<std::string> parts;
    std::istringstream stream(text);
    for (std::string part; std::getline(stream, part, at);) parts.push_back(part);
    return parts;
}

// The host of the captures over several ticks.
class Machine {
public:
    explicit Machine(std::vector<GuestSpec> guests) : guests_(std::move(guests)), roster_(roster_of(guests_)) {}

    // The frame `at` ns after the first, with the wall clock `clock` s after the builder's; cpu: ns each guest has
    // used.
    Host tick(std::int64_t at, std::int64_t clock, const std::vector<std::uint64_t>& cpu) {
        Frame frame = frame_of(guests_, roster_, at);
        frame.realtime = builders_clock + clock * second;
        for (std::size_t guest = 0; guest < cpu.size(); ++guest) frame.set(guest, GuestMetric::cpu_time, cpu[guest]);
        if (change) change(frame);
        auto now = std::make_shared<Frame>(std::move(frame));
        Host host{.label = "vm"};
        host.picture.pair = FramePair(std::exchange(last_, now), now);
        return host;
    }

    std::function<void(Frame&)> change{};

private:
    std::vector<GuestSpec> guests_;
    RosterPtr roster_;
    FramePtr last_;
};

std::vector<GuestSpec> captured_guests(std::size_t count) {
    std::vector<GuestSpec> guests;
    for (std::size_t i = 1; i <= count; ++i)
        guests.push_back({.name = fmt::format("g{:04}", i), .id = static_cast<std::int64_t>(i)});
    return guests;
}

// What 50 guests have used, of which the captures show the first three and the sum.
std::vector<std::uint64_t> used(const std::vector<std::uint64_t>& before, std::vector<std::uint64_t> first,
                                std::uint64_t sum) {
    std::uint64_t rest = sum;
    for (const std::uint64_t one : first) rest -= one;
    first.resize(50, 0);
    first[3] = rest;
    for (std::size_t i = 0; i < before.size(); ++i) first[i] += before[i];
    return first;
}

// virt-top divides by a time that is a whole number of nanoseconds only by chance, so of a guest's %CPU the last of
// twelve digits may be another.
void check_field(const std::string& ours, const std::string& theirs) {
    const bool is_share = theirs.starts_with("0.") && theirs.size() > 8;
    if (is_share) {
        CHECK(ours.size() == theirs.size());
        CHECK(std::stod(ours) == doctest::Approx(std::stod(theirs)).epsilon(1e-9));
    } else {
        CHECK(ours == theirs);
    }
}

}  // namespace

TEST_CASE("the original's CSV of 50 QEMU guests") {
    Machine machine(captured_guests(50));
    const std::vector<std::uint64_t> none(50, 790'000'000);
    const auto second_line = used(none, {4'750'000, 5'459'000, 6'397'000}, 284'124'000);
    const auto third_line = used(second_line, {4'893'000, 5'868'000, 6'279'000}, 299'636'000);
    std::string ours = csv_header({});
    ours += csv_row(machine.tick(0, -51, none), {}, {});
    ours += csv_row(machine.tick(1'466'712'952, -49, second_line), {}, {});
    ours += csv_row(machine.tick(2'912'322'045, -48, third_line), {}, {});

    const auto theirs = split(capture("csv-qemu-first-3-guests.csv"), '\n');
    const auto lines = split(ours, '\n');
    REQUIRE(lines.size() == theirs.size());
    CHECK(lines[0] == theirs[0]);
    for (std::size_t line = 1; line < lines.size(); ++line) {
        CAPTURE(line);
        const auto got = split(lines[line], ',');
        const auto wanted = split(theirs[line], ',');  // cut after the third guest's %CPU
        REQUIRE(got.size() > wanted.size());
        for (std::size_t i = 0; i < wanted.size(); ++i) check_field(got[i], wanted[i]);
    }
    // All the rest of the line in virt-top's form, too.
    CHECK(lines[1].ends_with(",50,g0050,0.,0.,0,0,,,,"));
    CHECK(lines[2].ends_with(",50,g0050,0.,0.,16384,0,0,0,0,0"));
}

TEST_CASE("the original's CSV of libvirt's test:///default, byte for byte") {
    Machine machine({{.name = "test", .id = 1, .disks = {}, .nics = {}}});
    // That driver tells of no balloon and no CPU time, which the original takes for 0.
    machine.change = [](Frame& frame) {
        auto roster = std::make_shared<Roster>(*frame.roster);
        roster->host.arch = "i686";
        frame.roster = roster;
        frame.set(0, HostMetric::cpus, 16);
        frame.set(0, HostMetric::memory_total, 3'145'728ULL * 1024);
        frame.set(0, GuestMetric::memory_max, 0);
    };
    std::string ours = csv_header({});
    ours += csv_row(machine.tick(0, -173, {0}), {}, {});
    ours += csv_row(machine.tick(second, -172, {0}), {}, {});
    CHECK(ours == capture("csv-test-default.csv"));
}

TEST_CASE("the original's CSV header with --block-in-bytes") {
    CHECK(csv_header({.block_bytes = true}) == capture("csv-header-block-in-bytes.txt"));
}

TEST_CASE("the original's stream, byte for byte") {
    Machine machine(captured_guests(3));
    constexpr std::uint64_t ms = 1'000'000;
    std::string ours = stream_text(machine.tick(0, 62, {800 * ms, 796 * ms, 776 * ms}), false, {});
    ours += stream_text(machine.tick(second, 63, {804 * ms, 800 * ms, 780 * ms}), false, {});
    CHECK(ours == capture("stream.txt"));
}
