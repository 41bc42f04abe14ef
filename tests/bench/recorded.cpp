#include "tests/bench/recorded.h"

#include <algorithm>
#include <ctime>
#include <numeric>

#include <fmt/format.h>

#include "core/ring/reader.h"

namespace virtscope::bench {
namespace {

std::vector<RosterInstance> copies(const std::vector<RosterInstance>& all, std::uint32_t first, std::uint32_t count,
                                   std::uint32_t guest) {
    std::vector<RosterInstance> made(all.begin() + first, all.begin() + first + count);
    for (RosterInstance& instance : made) instance.guest = guest;
    return made;
}

std::uint32_t append(std::vector<RosterInstance>& to, const std::vector<RosterInstance>& more) {
    const auto first = static_cast<std::uint32_t>(to.size());
    to.insert(to.end(), more.begin(), more.end());
    return first;
}

}  // namespace

Result<std::vector<FramePtr>> load(const std::string& path) {
    auto reader = RingReader::open(path);
    if (!reader) return std::unexpected(reader.error());
    const auto newest = reader->newest();
    if (!newest) return std::unexpected(newest.error());
    std::vector<FramePtr> frames;
    const auto scanned = reader->scan({}, [&](const Frame& frame) {
        if (*frame.roster == *(*newest)->roster) frames.push_back(std::make_shared<Frame>(frame));
        return true;
    });
    if (!scanned) return std::unexpected(scanned.error());
    return frames;
}

std::vector<std::size_t> busiest_tenth(const std::vector<FramePtr>& frames) {
    const Frame& first = *frames.front();
    const Frame& last = *frames.back();
    std::vector<std::size_t> guests(last.roster->guests.size());
    std::iota(guests.begin(), guests.end(), 0);
    const auto used = [&](std::size_t g) {
        return last.get(g, GuestMetric::cpu_time).value_or(0) - first.get(g, GuestMetric::cpu_time).value_or(0);
    };
    std::ranges::sort(guests, [&](std::size_t a, std::size_t b) { return used(a) > used(b); });
    guests.resize(std::max<std::size_t>(1, guests.size() / 10));
    return guests;
}

RosterPtr some_of(const Roster& all, const std::vector<std::size_t>& guests) {
    auto made = std::make_shared<Roster>();
    made->host = all.host;
    for (std::uint32_t g = 0; g < guests.size(); ++g) {
        RosterGuest guest = all.guests[guests[g]];
        guest.uuid = Uuid::derived("bench", guest.name, g);
        guest.name = fmt::format("{}-{}", guest.name, g);
        for (const GuestList& list : guest_lists) {
            guest.*list.first = append((*made).*list.all, copies(all.*list.all, guest.*list.first, guest.*list.count, g));
        }
        made->guests.push_back(std::move(guest));
    }
    return made;
}

std::vector<std::size_t> over_and_over(const Roster& all, std::size_t count) {
    std::vector<std::size_t> guests(count);
    for (std::size_t i = 0; i < count; ++i) guests[i] = i % all.guests.size();
    return guests;
}

Host::Host(std::vector<FramePtr> frames, const std::vector<std::size_t>& guests)
    : frames_(std::move(frames)), guests_(guests), roster_(some_of(*frames_.front()->roster, guests)) {}

void Host::copy_row(const Frame& from, Scope scope, std::size_t row, std::uint64_t lap, Table& out, std::size_t to) const {
    const Table& table = from.table(scope);
    out.row(to) = table.row(row);
    for (std::size_t c = 0; c < table.columns(); ++c) {
        std::uint64_t value = table.cells(row)[c];
        if (metrics(scope)[c].kind == Kind::counter) {
            value += lap * (frames_.back()->table(scope).cells(row)[c] - frames_.front()->table(scope).cells(row)[c]);
        }
        out.cells(to)[c] = value;
    }
}

void Host::fill(std::uint64_t number, Frame& out) const {
    const std::uint64_t lap = number / frames_.size();
    const Frame& from = *frames_[number % frames_.size()];
    const auto second = std::int64_t{1'000'000'000};
    out.realtime = frames_.front()->realtime + static_cast<std::int64_t>(number) * second;
    out.monotonic = frames_.front()->monotonic + static_cast<std::int64_t>(number) * second;
    out.boottime = out.monotonic + (from.boottime - from.monotonic);
    out.reset(roster_);
    copy_row(from, Scope::Host, 0, lap, out.table(Scope::Host), 0);
    copy_row(from, Scope::Agent, 0, lap, out.table(Scope::Agent), 0);
    for (std::size_t g = 0; g < guests_.size(); ++g) {
        const RosterGuest& was = from.roster->guests[guests_[g]];
        const RosterGuest& is = roster_->guests[g];
        copy_row(from, Scope::Guest, guests_[g], lap, out.table(Scope::Guest), g);
        for (const GuestList& list : guest_lists) {
            for (std::uint32_t i = 0; i < is.*list.count; ++i) {
                copy_row(from, list.scope, was.*list.first + i, lap, out.table(list.scope), is.*list.first + i);
            }
        }
    }
    for (Table& table : out.tables) {
        for (std::size_t r = 0; r < table.rows(); ++r) table.row(r).time += out.monotonic - from.monotonic;
    }
}

double cpu_seconds() {
    timespec now{};
    ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) / 1e9;
}

}  // namespace virtscope::bench
