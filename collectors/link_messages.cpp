#include "collectors/link_messages.h"

#include <cerrno>
#include <cstring>

#include <libmnl/libmnl.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <sys/socket.h>

namespace virtscope {
namespace {

nlmsghdr* put_header(std::span<char> buffer, int type, int flags, std::uint32_t sequence) {
    nlmsghdr* const header = mnl_nlmsg_put_header(buffer.data());
    header->nlmsg_type = static_cast<std::uint16_t>(type);
    header->nlmsg_flags = static_cast<std::uint16_t>(NLM_F_REQUEST | flags);
    header->nlmsg_seq = sequence;
    return header;
}

// Calls handle(message) for each message of the answer until it returns false. mnl_nlmsg_ok() alone
// takes a length of 2^31 and more for a negative one and so for a good one.
template <class Handle>
void each_message(std::span<const char> datagram, std::uint32_t sequence, Handle handle) {
    int left = static_cast<int>(datagram.size());
    const void* at = datagram.data();
    while (left > 0 && mnl_nlmsg_ok(static_cast<const nlmsghdr*>(at), left)) {
        const auto* message = static_cast<const nlmsghdr*>(at);
        if (message->nlmsg_len > static_cast<unsigned>(left)) return;
        if (message->nlmsg_seq == sequence && !handle(*message)) return;
        at = mnl_nlmsg_next(message, &left);
    }
}

std::span<const char> payload(const nlmsghdr& message) {
    return {static_cast<const char*>(mnl_nlmsg_get_payload(&message)), mnl_nlmsg_get_payload_len(&message)};
}

std::span<const char> payload(const nlattr& attribute) {
    return {static_cast<const char*>(mnl_attr_get_payload(&attribute)), mnl_attr_get_payload_len(&attribute)};
}

// The attribute `type` in a row of attributes, null if it is not there.
const nlattr* find_attribute(std::span<const char> row, std::uint16_t type) {
    int left = static_cast<int>(row.size());
    const void* at = row.data();
    while (mnl_attr_ok(static_cast<const nlattr*>(at), left)) {
        const auto* attribute = static_cast<const nlattr*>(at);
        if (mnl_attr_get_type(attribute) == type) return attribute;
        left -= MNL_ALIGN(attribute->nla_len);
        at = mnl_attr_next(attribute);
    }
    return nullptr;
}

// Visits the counters if the message has them: an index, then, among the attributes, an
// rtnl_link_stats64, of which older kernels send a shorter form. The first eight are in all.
template <class Head, class Index>
void visit_counters(const nlmsghdr& message, Index Head::* index, std::uint16_t type, const LinkVisitor& visit) {
    const auto body = payload(message);
    if (body.size() < sizeof(Head)) return;
    const nlattr* const attribute = find_attribute(body.subspan(sizeof(Head)), type);
    std::uint64_t value[8];
    if (!attribute || payload(*attribute).size() < sizeof value) return;
    std::memcpy(value, payload(*attribute).data(), sizeof value);
    Head head{};
    std::memcpy(&head, body.data(), sizeof head);
    visit(static_cast<int>(head.*index),
          {.rx_packets = value[0], .tx_packets = value[1], .rx_bytes = value[2], .tx_bytes = value[3],
           .rx_errors = value[4], .tx_errors = value[5], .rx_dropped = value[6], .tx_dropped = value[7]});
}

// What an error message, or the number at a dump's end, means: 0 is well.
DumpState outcome(const nlmsghdr& message) {
    int code = 0;
    const bool at_end = message.nlmsg_type == NLMSG_DONE;
    if (payload(message).size() < sizeof code) return at_end ? DumpState::done : DumpState::failed;
    std::memcpy(&code, payload(message).data(), sizeof code);
    if (code == -EOPNOTSUPP || code == -EINVAL) return DumpState::unsupported;
    return code == 0 && at_end ? DumpState::done : DumpState::failed;
}

}  // namespace

std::size_t put_dump_request(std::span<char> buffer, LinkQuery query, std::uint32_t sequence) {
    if (query == LinkQuery::links) {
        nlmsghdr* const header = put_header(buffer, RTM_GETLINK, NLM_F_DUMP, sequence);
        mnl_nlmsg_put_extra_header(header, sizeof(ifinfomsg));
        return header->nlmsg_len;
    }
    nlmsghdr* const header = put_header(buffer, RTM_GETSTATS, NLM_F_DUMP, sequence);
    auto* const body = static_cast<if_stats_msg*>(mnl_nlmsg_put_extra_header(header, sizeof(if_stats_msg)));
    body->filter_mask = IFLA_STATS_FILTER_BIT(IFLA_STATS_LINK_64);
    return header->nlmsg_len;
}

std::size_t put_link_request(std::span<char> buffer, int ifindex, std::uint32_t sequence) {
    nlmsghdr* const header = put_header(buffer, RTM_GETLINK, 0, sequence);
    auto* const body = static_cast<ifinfomsg*>(mnl_nlmsg_put_extra_header(header, sizeof(ifinfomsg)));
    body->ifi_index = ifindex;
    return header->nlmsg_len;
}

DumpState read_dump(std::span<const char> datagram, std::uint32_t sequence, bool& interrupted,
                    const LinkVisitor& visit) {
    DumpState state = DumpState::more;
    each_message(datagram, sequence, [&](const nlmsghdr& message) {
        if (message.nlmsg_flags & NLM_F_DUMP_INTR) interrupted = true;
        switch (message.nlmsg_type) {
            case NLMSG_DONE:
            case NLMSG_ERROR: state = outcome(message); return false;
            case RTM_NEWSTATS: visit_counters(message, &if_stats_msg::ifindex, IFLA_STATS_LINK_64, visit); break;
            case RTM_NEWLINK: visit_counters(message, &ifinfomsg::ifi_index, IFLA_STATS64, visit); break;
            default: break;
        }
        return true;
    });
    return state == DumpState::done && interrupted ? DumpState::interrupted : state;
}

std::optional<std::string> read_link_kind(std::span<const char> datagram, std::uint32_t sequence) {
    std::optional<std::string> kind;
    each_message(datagram, sequence, [&](const nlmsghdr& message) {
        const auto body = payload(message);
        if (message.nlmsg_type != RTM_NEWLINK || body.size() < sizeof(ifinfomsg)) return true;
        kind.emplace();
        const nlattr* const info = find_attribute(body.subspan(sizeof(ifinfomsg)), IFLA_LINKINFO);
        const nlattr* const name = info ? find_attribute(payload(*info), IFLA_INFO_KIND) : nullptr;
        if (name) kind->assign(payload(*name).data(), ::strnlen(payload(*name).data(), payload(*name).size()));
        return false;
    });
    return kind;
}

}  // namespace virtscope
