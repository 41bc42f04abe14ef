#include "exporters/prometheus/visitors.h"

#include <doctest/doctest.h>

#include <array>
#include <stdexcept>
#include <vector>

#include <sys/socket.h>
#include <unistd.h>

#include "core/fd.h"

using namespace virtscope;
using namespace virtscope::exporters;
using namespace std::chrono_literals;

namespace {

constexpr Patience patience{.request = 30s, .idle = 90s, .crowded = 2s};

// A connection: ours, and the client's end that sees when it is ended.
struct Connection {
    Fd ours, theirs;

    Connection() {
        std::array<int, 2> ends{};
        if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0)
            throw std::runtime_error("socketpair");
        ours = Fd(ends[0]);
        theirs = Fd(ends[1]);
    }
    bool is_ended() const {
        char byte = 0;
        return ::recv(theirs.get(), &byte, 1, MSG_DONTWAIT) == 0;
    }
};

}  // namespace

TEST_CASE("who does not ask, or does not take the answer, is shown out when the time is over") {
    Visitors visitors(patience, 64);
    const Visitors::Time start{};
    const Connection silent, slow, fine;
    visitors.comes(silent.ours.get(), start);
    auto* const taker = visitors.comes(slow.ours.get(), start);
    auto* const quick = visitors.comes(fine.ours.get(), start);
    visitors.asks(taker, start + 10s);
    visitors.asks(quick, start + 10s);
    visitors.is_answered(quick, start + 10s);
    CHECK(visitors.show_out(start + 29s) == 0);
    CHECK(visitors.show_out(start + 30s) == 1);
    CHECK(silent.is_ended());
    CHECK(!slow.is_ended());
    CHECK(visitors.show_out(start + 40s) == 2);  // the first one is there until the library lets it go
    CHECK(slow.is_ended());
    CHECK(!fine.is_ended());
    visitors.show_out(start + 100s);
    CHECK(fine.is_ended());
}

TEST_CASE("who has left is not looked for") {
    Visitors visitors(patience, 64);
    const Connection connection;
    auto* const visitor = visitors.comes(connection.ours.get(), {});
    CHECK(visitors.count() == 1);
    visitors.leaves(visitor);
    CHECK(visitors.count() == 0);
    CHECK(visitors.show_out(Visitors::Time{} + 1h) == 0);
    CHECK(!connection.is_ended());
}

TEST_CASE("in a crowd those who want nothing go first") {
    Visitors visitors(patience, 3);
    const Connection asking, idle, silent;
    const Visitors::Time start{};
    visitors.asks(visitors.comes(asking.ours.get(), start), start);
    visitors.is_answered(visitors.comes(idle.ours.get(), start), start);
    CHECK(visitors.show_out(start + 5s) == 0);
    visitors.comes(silent.ours.get(), start + 5s);
    CHECK(visitors.show_out(start + 6s) == 1);
    CHECK(idle.is_ended());
    CHECK(visitors.show_out(start + 7s) == 2);
    CHECK(silent.is_ended());
    CHECK(!asking.is_ended());
}
