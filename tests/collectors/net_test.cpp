#include "collectors/net.h"

#include <array>
#include <cstdio>
#include <cstdlib>
#include <doctest/doctest.h>
#include <fstream>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <sched.h>
#include <sstream>
#include <sys/socket.h>
#include <unistd.h>

#include "drivers/netns.h"
#include "tests/collectors/child.h"
#include "tests/collectors/support.h"

using namespace virtscope;
using namespace virtscope::test;

namespace {

// One line of /proc/PID/net/dev: the sixteen columns after the name.
std::array<std::uint64_t, 16> net_dev(pid_t pid, const std::string& interface) {
    std::ifstream in("/proc/" + std::to_string(pid) + "/net/dev");
    std::array<std::uint64_t, 16> columns{};
    for (std::string line; std::getline(in, line);) {
        const std::size_t colon = line.find(':');
        if (colon == std::string::npos || !(' ' + line.substr(0, colon)).ends_with(' ' + interface)) continue;
        std::istringstream text(line.substr(colon + 1));
        for (auto& column : columns) text >> column;
        REQUIRE(text);
    }
    return columns;
}

void send_packets(const char* interface, int count) {
    const Fd socket(::socket(AF_PACKET, SOCK_RAW, 0));
    if (!socket) return;
    sockaddr_ll to{};
    to.sll_family = AF_PACKET;
    to.sll_ifindex = static_cast<int>(::if_nametoindex(interface));
    to.sll_halen = ETH_ALEN;
    const std::array<char, 100> packet{};
    for (int i = 0; i < count; ++i) {
        (void)!::sendto(socket.get(), packet.data(), packet.size(), 0, reinterpret_cast<sockaddr*>(&to), sizeof to);
    }
}

bool shell(const char* command) { return std::system(command) == 0; }

// In a network namespace of its own: "vsa" and "vsb" are the ends of a cable, "vsm" a macvtap on vsa.
std::string make_network() {
    if (::unshare(CLONE_NEWNET) != 0) return "";
    (void)shell("echo 1 > /proc/sys/net/ipv6/conf/default/disable_ipv6 2>/dev/null");
    if (!shell("ip link add vsa type veth peer name vsb && ip link set vsa up && ip link set vsb up")) return "";
    std::string made = "cable";
    if (shell("ip link add link vsa name vsm type macvtap mode bridge 2>/dev/null && ip link set vsm up")) {
        made += " macvtap";
    }
    send_packets("vsa", 7);
    send_packets("vsb", 2);
    if (made.ends_with("macvtap")) send_packets("vsm", 3);
    return made;
}

struct Network {
    Child child{make_network};
    std::shared_ptr<const Process> process;
    std::uint64_t inode = 0;

    // False if this machine does not let us.
    bool up() {
        if (child.result().empty()) {
            MESSAGE("SKIPPED: no network namespace with a veth pair can be made here");
            return false;
        }
        auto opened = Process::open("/proc", child.pid());
        REQUIRE(opened.has_value());
        process = std::make_shared<Process>(std::move(*opened));
        inode = netns_inode("/proc/" + std::to_string(child.pid()) + "/ns/net").value_or(0);
        REQUIRE(inode != 0);
        return true;
    }
    int index(const std::string& interface) const {
        const auto socket = socket_in_netns("/proc/" + std::to_string(child.pid()) + "/ns/net", AF_INET, SOCK_DGRAM, 0);
        REQUIRE(socket.has_value());
        const auto found = interface_index(*socket, interface);
        REQUIRE(found.has_value());
        return *found;
    }
    Place guest(std::vector<NicPlace> nics) const {
        Place place;
        place.process = process;
        place.nics = std::move(nics);
        return place;
    }
};

template <class... Guests>
Scene scene_of(Guests... guests) {
    std::vector<Place> places;
    (places.push_back(std::move(guests)), ...);
    return Scene(std::move(places));
}

using enum NicMetric;
constexpr std::array all_metrics{rx_bytes, rx_packets, rx_errors, rx_drops, tx_bytes, tx_packets, tx_errors, tx_drops};
// Columns of /proc/net/dev: bytes packets errs drop … of receipt, eight later of sending.
constexpr std::array swapped{8, 9, 10, 11, 0, 1, 2, 3};
constexpr std::array straight{0, 1, 2, 3, 8, 9, 10, 11};

void check_against_net_dev(const Frame& frame, std::size_t row, const std::array<std::uint64_t, 16>& host,
                           const std::array<int, 8>& column) {
    for (std::size_t i = 0; i < all_metrics.size(); ++i) {
        CAPTURE(i);
        CHECK(frame.get(row, all_metrics[i]) == host[static_cast<std::size_t>(column[i])]);
    }
}

}  // namespace

TEST_CASE("what the host's end of the cable sent, the guest received; foreign namespace, both queries") {
    Network network;
    if (!network.up()) return;
    for (const LinkQuery query : {LinkQuery::stats, LinkQuery::links}) {
        NetCollector net(query);
        Scene scene = scene_of(network.guest({{"vsa", network.inode, network.index("vsa"), ""}}),
                               network.guest({{"user", 0, 0, ""}, {"vsb", network.inode, network.index("vsb"), ""}}));
        const Frame& frame = scene.first_tick(net);
        CHECK(frame.get(0, rx_packets).value_or(0) >= 7);
        CHECK(frame.get(0, tx_packets).value_or(0) >= 2);
        CHECK(frame.get(0, rx_packets) != frame.get(0, tx_packets));
        check_against_net_dev(frame, 0, net_dev(network.child.pid(), "vsa"), swapped);
        check_against_net_dev(frame, 2, net_dev(network.child.pid(), "vsb"), swapped);
        for (const NicMetric metric : all_metrics) CHECK_FALSE(frame.get(1, metric));
    }
}

TEST_CASE("a macvtap is the guest's own end") {
    Network network;
    if (!network.up()) return;
    if (!network.child.result().ends_with("macvtap")) {
        MESSAGE("SKIPPED: this kernel has no macvtap");
        return;
    }
    NetCollector net;
    Scene scene = scene_of(network.guest({{"vsm", network.inode, network.index("vsm"), ""}}));
    const Frame& frame = scene.first_tick(net);
    CHECK(frame.get(0, tx_packets).value_or(0) >= 3);
    check_against_net_dev(frame, 0, net_dev(network.child.pid(), "vsm"), straight);
}

TEST_CASE("an interface that is gone, or a namespace that is another, is absent") {
    Network network;
    if (!network.up()) return;
    NetCollector net;
    const NicPlace gone{"gone", network.inode, 4711, ""};
    const NicPlace vsa{"vsa", network.inode, network.index("vsa"), ""};
    const NicPlace elsewhere{"elsewhere", network.inode + 1, network.index("vsb"), ""};
    Scene scene = scene_of(network.guest({gone, vsa}), network.guest({elsewhere}));
    for (int tick = 0; tick < 40; ++tick) {
        const Frame& frame = tick == 0 ? scene.first_tick(net) : scene.tick(net);
        CHECK_FALSE(frame.get(0, rx_bytes));
        CHECK(frame.get(1, rx_bytes));
        CHECK_FALSE(frame.get(2, rx_bytes));
    }
    network.child.end();
    CHECK(scene.tick(net).get(1, rx_bytes));  // our socket keeps the namespace
}

TEST_CASE("our own namespace: the loopback's counters, each with its time") {
    NetCollector net;
    Place place;
    place.nics.push_back({"lo", 0, static_cast<int>(::if_nametoindex("lo")), ""});
    REQUIRE(place.nics[0].ifindex > 0);
    Scene scene = scene_of(std::move(place));
    // Other programs use the loopback: what was read lies between two readings of the same counter.
    const auto before = net_dev(::getpid(), "lo")[0];
    const Frame& frame = scene.first_tick(net);
    const auto after = net_dev(::getpid(), "lo")[0];
    REQUIRE(frame.get(0, rx_bytes));
    CHECK(*frame.get(0, rx_bytes) >= before);
    CHECK(*frame.get(0, rx_bytes) <= after);
    CHECK(frame.table(Scope::Nic).row(0).time > 0);
}

TEST_CASE("a new roster keeps the sockets and finds the new rows") {
    Network network;
    if (!network.up()) return;
    NetCollector net;
    const NicPlace vsa{"vsa", network.inode, network.index("vsa"), ""};
    const NicPlace vsb{"vsb", network.inode, network.index("vsb"), ""};
    Scene first = scene_of(network.guest({vsa}));
    first.first_tick(net);
    Scene second = scene_of(network.guest({vsb}), network.guest({vsa}));
    const Frame& frame = second.first_tick(net);
    check_against_net_dev(frame, 0, net_dev(network.child.pid(), "vsb"), swapped);
    check_against_net_dev(frame, 1, net_dev(network.child.pid(), "vsa"), swapped);
    Scene none = scene_of(network.guest({}));
    none.first_tick(net);
}

TEST_CASE("a socket that does not answer is given up and made anew") {
    std::array<char, 65536> buffer{};
    int ends[2];
    REQUIRE(::socketpair(AF_UNIX, SOCK_DGRAM, 0, ends) == 0);
    const Fd silent(ends[1]);
    Fd ours(ends[0]);
    LinkSocket socket(std::move(ours), buffer);
    int seen = 0;
    CHECK_FALSE(socket.dump([&seen](int, const LinkCounters&) { ++seen; }));
    CHECK(seen == 0);
    LinkSocket closed(Fd{}, buffer);
    CHECK_FALSE(closed.dump([](int, const LinkCounters&) {}));
    CHECK_FALSE(closed.kind(1));
}
