#include "agent/control/desk.h"

#include <algorithm>

#include <spdlog/spdlog.h>

#include "core/text.h"

namespace virtscope::control {
namespace {

constexpr std::size_t longest_xml = 4U << 20;
constexpr std::chrono::milliseconds longest_timeout = std::chrono::hours(1);

Reply refuse(Outcome outcome, std::string error) { return {outcome, {}, std::move(error), {}, {}, {}}; }

// What the driver need not be asked about. Empty: all is well.
std::string wrong_with(const Order& order) {
    const std::string_view verb = verb_name(order.verb);
    const bool path = order.verb == Verb::save || order.verb == Verb::restore || order.verb == Verb::change_media;
    const bool text = order.verb == Verb::define || order.verb == Verb::create || order.verb == Verb::deploy;
    if (path && order.path.empty()) return fmt::format("{}: needs a path", verb);
    if (!order.path.empty() && !order.path.starts_with('/')) return fmt::format("{}: the path must be absolute", verb);
    if (order.path.find('\0') != std::string::npos) return fmt::format("{}: the path holds a zero byte", verb);
    if (text && order.text.empty()) return fmt::format("{}: needs XML", verb);
    if (order.text.size() > longest_xml) return fmt::format("{}: the XML is longer than 4 MiB", verb);
    if (order.verb == Verb::setmem && order.bytes == 0) return "setmem: the size must be more than 0";
    if (order.verb == Verb::setvcpus && order.count == 0) return "setvcpus: the count must be more than 0";
    return {};
}

bool is_the_host(const Found& found) {
    const Target& target = found.target;
    return target.name == "Domain-0" || is_domain_0(found.driver, target.uuid, target.local_id, target.generation);
}

// The Xen driver keeps its size within bounds, and does nothing else to it.
bool may_resize(Verb verb, const Found& found) {
    return found.driver == "xen" && (verb == Verb::setmem || verb == Verb::setvcpus);
}

std::string verbs_of(const Lifecycle& lifecycle) {
    std::string names;
    for (std::size_t i = 0; i < verb_count; ++i) {
        const auto verb = static_cast<Verb>(i);
        if (lifecycle.can(verb)) names += (names.empty() ? "" : ", ") + std::string(verb_name(verb));
    }
    return names.empty() ? "nothing" : names;
}

// Why `found` cannot have this verb, if so.
std::optional<Reply> objection(Verb verb, const Found& found) {
    const std::string name = printable(found.target.name);
    if (names_a_guest(verb) && !only_looks(verb) && is_the_host(found) && !may_resize(verb, found)) {
        return refuse(Outcome::denied, fmt::format("{}: is the host's own domain; it takes no such order", name));
    }
    if (!found.lifecycle) {
        return refuse(Outcome::unsupported, fmt::format("{}: driver {} only watches", name, found.driver));
    }
    if (!found.lifecycle->can(verb)) {
        return refuse(Outcome::unsupported, fmt::format("{}: driver {} cannot {}; it can {}", name, found.driver,
                                                        verb_name(verb), verbs_of(*found.lifecycle)));
    }
    return std::nullopt;
}

Reply reply_to(const Order& order, const Result<Answer>& answered) {
    Reply reply{Outcome::done, {}, {}, order.target.uuid, order.target.name, {}};
    if (!answered) {
        reply.outcome = outcome_of(answered.error().kind);
        reply.error = answered.error().message;
        return reply;
    }
    reply.outcome = answered->already ? Outcome::already : Outcome::done;
    reply.text = answered->text;
    if (!answered->guest.is_nil()) reply.guest = answered->guest;
    return reply;
}

// What changed nothing because it never reached a driver.
bool was_refused(const Reply& reply) { return reply.id.empty(); }

}  // namespace

// A guest for one order, for as long as it lives.
class Desk::Claim {
public:
    Claim(Desk& desk, const Uuid& guest) : desk_(desk), guest_(guest) {
        const std::scoped_lock lock(desk_.mutex_);
        held_ = guest_.is_nil() || desk_.busy_.insert(guest_).second;
    }
    ~Claim() {
        if (!held_ || guest_.is_nil()) return;
        const std::scoped_lock lock(desk_.mutex_);
        desk_.busy_.erase(guest_);
    }
    Claim(const Claim&) = delete;
    Claim& operator=(const Claim&) = delete;
    explicit operator bool() const { return held_; }

private:
    Desk& desk_;
    Uuid guest_;
    bool held_ = false;
};

Desk::Desk(const Directory& directory, const Authority& authority, Journal& journal, OrderEvents& events)
    : directory_(directory), authority_(authority), journal_(journal), events_(events) {}

Reply Desk::handle(const Wish& wish, const Peer& peer, Progress& progress) {
    Target target;
    Reply reply = decide(wish, peer, progress, target);
    const Verb verb = wish.order.verb;
    if (only_looks(verb) && reply.outcome != Outcome::denied) return reply;
    // One that was created or restored has been seen by now, unless it was within a tick.
    if (reply.name.empty() && !reply.guest.is_nil()) {
        if (const auto made = directory_.find(reply.guest.text())) reply.name = made->target.name;
    }
    std::string text =
        fmt::format("{}{} by {} (uid {}, pid {}): {}", verb_name(verb), wish.order.dry_run ? " (dry run)" : "",
                    printable(peer.user, 64), peer.uid, peer.pid, outcome_name(reply.outcome));
    if (!reply.error.empty()) text += ": " + printable(reply.error, 512);
    const std::string name = target.name.empty() ? reply.name : target.name;
    if (was_refused(reply)) {
        events_.add_refused(target.uuid, name, std::move(text));
    } else {
        spdlog::info("{}: {}", printable(name), text);
        events_.add(reply.guest, name, std::move(text));
    }
    return reply;
}

Reply Desk::decide(const Wish& wish, const Peer& peer, Progress& progress, Target& target) {
    const auto admitted = authority_.admit(peer);
    if (!admitted) return refuse(Outcome::denied, admitted.error().message);
    Order order = wish.order;
    const std::string wrong = wrong_with(order);
    if (!wrong.empty()) return refuse(Outcome::usage, wrong);
    const auto found =
        names_a_guest(order.verb) ? directory_.find(wish.guest) : directory_.taker(order.verb, wish.driver);
    if (!found) return refuse(found.error().outcome, found.error().error);
    order.target = target = found->target;
    if (auto refused = objection(order.verb, *found)) return *refused;
    // One that takes too long, or hangs, does not keep a guest from being ended.
    const bool alone = !only_looks(order.verb) && order.verb != Verb::destroy;
    const Claim claim(*this, alone ? order.target.uuid : Uuid{});
    if (!claim) {
        return refuse(Outcome::busy, fmt::format("{}: another order is under way; try again when it has ended",
                                                 printable(order.target.name)));
    }
    return carry_out(std::move(order), *found->lifecycle, wish, peer, progress);
}

Reply Desk::carry_out(Order order, Lifecycle& lifecycle, const Wish& wish, const Peer& peer, Progress& progress) {
    const auto timeout = std::clamp(wish.timeout, std::chrono::milliseconds(1), longest_timeout);
    order.deadline = std::chrono::steady_clock::now() + timeout;
    // Orders at guests that hang must not keep out the one that ends them; connections bound how many those are.
    const bool counts = order.verb != Verb::destroy;
    if (counts && !workers_.try_acquire_until(order.deadline)) {
        return refuse(Outcome::busy, "the agent is busy with 8 other orders; nothing was done, try again later");
    }
    const auto give_back = [this](void*) { workers_.release(); };
    const std::unique_ptr<void, decltype(give_back)> worker(counts ? this : nullptr, give_back);
    if (only_looks(order.verb)) return reply_to(order, lifecycle.carry_out(order, progress));
    const auto id = journal_.intend(order, peer);
    if (!id) return refuse(Outcome::failed, id.error().message + "; nothing was done");
    Reply reply = reply_to(order, lifecycle.carry_out(order, progress));
    reply.id = *id;
    const auto written = journal_.finish(*id, reply.outcome, reply.error);
    if (!written) spdlog::error("{}", written.error().message);
    return reply;
}

}  // namespace virtscope::control
