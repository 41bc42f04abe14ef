#include "tests/collectors/support.h"

#include <cstdlib>
#include <doctest/doctest.h>
#include <fstream>
#include <iterator>
#include <utility>

namespace virtscope::test {

Scene::Scene(std::vector<Place> places) : places_(std::move(places)) {
    auto roster = std::make_shared<Roster>();
    for (const Place& place : places_) {
        const auto index = static_cast<std::uint32_t>(roster->guests.size());
        slots_.push_back({&place, index, roster->vcpus.size(), roster->disks.size(), roster->nics.size()});
        roster->guests.emplace_back().name = place.name;
        for (const VcpuPlace& vcpu : place.vcpus) roster->vcpus.push_back({index, std::to_string(vcpu.index), {}});
        for (const NicPlace& nic : place.nics) roster->nics.push_back({index, nic.name, nic.source});
    }
    roster_ = std::move(roster);
}

const Frame& Scene::tick(Collector& collector) {
    frame_.reset(roster_);
    collector.collect(slots_, frame_);
    return frame_;
}

const Frame& Scene::first_tick(Collector& collector) {
    collector.prepare(slots_);
    return tick(collector);
}

Tree::Tree() {
    std::string path = (std::filesystem::temp_directory_path() / "virtscope-tree-XXXXXX").string();
    REQUIRE(::mkdtemp(path.data()) != nullptr);
    root_ = path;
    std::filesystem::copy(VIRTSCOPE_FIXTURES, root_, std::filesystem::copy_options::recursive);
}

Tree::~Tree() {
    std::error_code ignored;
    std::filesystem::remove_all(root_, ignored);
}

void Tree::write(const std::string& file, std::string_view text) const {
    std::ofstream out(root_ / file, std::ios::binary | std::ios::trunc);
    out << text;
    REQUIRE(out.flush().good());
}

std::string Tree::read(const std::string& file) const {
    std::ifstream in(root_ / file, std::ios::binary);
    REQUIRE(in.good());
    return {std::istreambuf_iterator<char>(in), {}};
}

void Tree::remove(const std::string& file) const { REQUIRE(std::filesystem::remove(root_ / file)); }

Place captured_guest(const Tree& tree) {
    auto process = Process::open(tree.roots().proc, captured_pid);
    REQUIRE(process.has_value());
    const auto task = [&](pid_t tid) {
        auto clock = TaskClock::open(*process, tid);
        REQUIRE(clock.has_value());
        return TaskPlace{tid, std::move(*clock)};
    };
    Place place;
    place.vcpus.push_back({0, task(10573)});
    place.vcpus.push_back({1, task(10574)});
    place.iothreads.push_back(task(10572));
    place.process = std::make_shared<Process>(std::move(*process));
    return place;
}

void cut_at_every_byte(std::string_view whole, const std::function<bool(std::string_view)>& gives_something) {
    CHECK(gives_something(whole));
    for (std::size_t length = 0; length < whole.size(); ++length) {
        CAPTURE(length);
        // A copy of its own, so that a sanitizer sees a step beyond the end.
        const std::vector<char> cut(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(length));
        CHECK_FALSE(gives_something({cut.data(), cut.size()}));
    }
}

}  // namespace virtscope::test
