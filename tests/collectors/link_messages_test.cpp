#include "collectors/link_messages.h"

#include <array>
#include <cerrno>
#include <cstring>
#include <doctest/doctest.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <vector>

using namespace virtscope;

namespace {

constexpr std::uint32_t sequence = 7;

if_stats_msg head_of(int ifindex) {
    if_stats_msg head{};
    head.ifindex = static_cast<std::uint32_t>(ifindex);
    head.filter_mask = 1;
    return head;
}

// Bytes of netlink messages, as the kernel would lay them out.
class Answer {
public:
    Answer& message(std::uint16_t type, std::uint16_t flags = NLM_F_MULTI, std::uint32_t seq = sequence) {
        start_ = bytes_.size();
        put(nlmsghdr{.nlmsg_len = 0, .nlmsg_type = type, .nlmsg_flags = flags, .nlmsg_seq = seq, .nlmsg_pid = 0});
        return *this;
    }
    template <class T>
    Answer& put(const T& value) {
        bytes_.resize(bytes_.size() + sizeof value);
        std::memcpy(bytes_.data() + bytes_.size() - sizeof value, &value, sizeof value);
        const auto length = static_cast<std::uint32_t>(bytes_.size() - start_);
        std::memcpy(bytes_.data() + start_, &length, sizeof length);
        return *this;
    }
    Answer& counters(int ifindex) {
        message(RTM_NEWSTATS).put(head_of(ifindex));
        rtnl_link_stats64 stats{};
        stats.rx_packets = 1;
        stats.tx_packets = 2;
        stats.rx_bytes = 3;
        stats.tx_bytes = 4;
        stats.rx_errors = 5;
        stats.tx_errors = 6;
        stats.rx_dropped = 7;
        stats.tx_dropped = 8;
        return put(rtattr{sizeof(rtattr) + sizeof stats, IFLA_STATS_LINK_64}).put(stats);
    }
    std::vector<char>& bytes() { return bytes_; }

private:
    std::vector<char> bytes_;
    std::size_t start_ = 0;
};

struct Read {
    DumpState state;
    int visits = 0;
    LinkCounters last;
};

Read read(std::span<const char> bytes) {
    Read result{DumpState::failed, 0, {}};
    bool interrupted = false;
    result.state = read_dump(bytes, sequence, interrupted, [&result](int ifindex, const LinkCounters& link) {
        CHECK(ifindex == 42);
        ++result.visits;
        result.last = link;
    });
    return result;
}

}  // namespace

TEST_CASE("counters of a dump") {
    Answer answer;
    answer.counters(42).counters(42);
    const Read got = read(answer.bytes());
    CHECK(got.state == DumpState::more);
    CHECK(got.visits == 2);
    CHECK(got.last.rx_packets == 1);
    CHECK(got.last.tx_packets == 2);
    CHECK(got.last.rx_bytes == 3);
    CHECK(got.last.tx_bytes == 4);
    CHECK(got.last.rx_errors == 5);
    CHECK(got.last.tx_errors == 6);
    CHECK(got.last.rx_dropped == 7);
    CHECK(got.last.tx_dropped == 8);
}

TEST_CASE("how a dump ends") {
    CHECK(read(Answer().message(NLMSG_DONE).put(0).bytes()).state == DumpState::done);
    CHECK(read(Answer().message(NLMSG_DONE).bytes()).state == DumpState::done);
    CHECK(read(Answer().message(NLMSG_DONE).put(-EIO).bytes()).state == DumpState::failed);
    CHECK(read(Answer().message(NLMSG_ERROR).put(-EOPNOTSUPP).bytes()).state == DumpState::unsupported);
    CHECK(read(Answer().message(NLMSG_ERROR).put(-EPERM).bytes()).state == DumpState::failed);
    CHECK(read(Answer().message(NLMSG_ERROR).put(0).bytes()).state == DumpState::failed);
    CHECK(read(Answer().counters(42).message(NLMSG_DONE, NLM_F_MULTI | NLM_F_DUMP_INTR).put(0).bytes()).state ==
          DumpState::interrupted);
    // The rest of an answer to an earlier question is not ours.
    CHECK(read(Answer().message(NLMSG_DONE, NLM_F_MULTI, sequence - 1).put(0).bytes()).state == DumpState::more);
}

TEST_CASE("a datagram cut anywhere, or with any byte of it changed, is survived") {
    Answer answer;
    answer.counters(42).message(NLMSG_DONE).put(0);
    const auto quietly = [](std::span<const char> bytes) {
        bool interrupted = false;
        int visits = 0;
        (void)read_dump(bytes, sequence, interrupted, [&visits](int, const LinkCounters&) { ++visits; });
        (void)read_link_kind(bytes, sequence);
        return visits;
    };
    for (std::size_t length = 0; length < answer.bytes().size(); ++length) {
        const auto begin = answer.bytes().begin();
        const std::vector<char> cut(begin, begin + static_cast<std::ptrdiff_t>(length));
        CHECK(quietly(cut) <= 1);
    }
    for (std::size_t at = 0; at < answer.bytes().size(); ++at) {
        for (const int value : {0, 1, 4, 0x7f, 0x80, 0xff}) {
            std::vector<char> changed = answer.bytes();
            changed[at] = static_cast<char>(value);
            CHECK(quietly(changed) <= 1);
        }
    }
}

TEST_CASE("statistics shorter than eight counters are not taken for any") {
    Answer answer;
    answer.message(RTM_NEWSTATS).put(head_of(42));
    answer.put(rtattr{sizeof(rtattr) + 56, IFLA_STATS_LINK_64}).put(std::array<std::uint64_t, 7>{});
    CHECK(read(answer.bytes()).visits == 0);
}

TEST_CASE("an interface's kind") {
    const auto link = [](std::uint16_t type) { return Answer().message(type, 0).put(ifinfomsg{}); };
    Answer tun = link(RTM_NEWLINK);
    tun.put(rtattr{sizeof(rtattr) + sizeof(rtattr) + 4, IFLA_LINKINFO});
    tun.put(rtattr{sizeof(rtattr) + 4, IFLA_INFO_KIND}).put(std::array<char, 4>{"tun"});
    CHECK(read_link_kind(tun.bytes(), sequence) == "tun");
    CHECK(read_link_kind(link(RTM_NEWLINK).bytes(), sequence) == "");
    CHECK_FALSE(read_link_kind(tun.bytes(), sequence + 1));
    CHECK_FALSE(read_link_kind(Answer().message(NLMSG_ERROR).put(-ENODEV).bytes(), sequence));
    CHECK_FALSE(read_link_kind({}, sequence));
}
