#include "top/orders/errand.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <mutex>
#include <system_error>
#include <thread>

#include <fmt/format.h>

#include "core/clock.h"
#include "core/text.h"
#include "orders/expectation.h"
#include "orders/order_client.h"

namespace virtscope::top {
namespace {

using Clock = std::chrono::steady_clock;
using control::Outcome;
using Phase = ErrandReport::Phase;

// A guest that is asked to power off takes its time.
std::chrono::seconds patience(Verb verb) { return std::chrono::seconds(verb == Verb::shutdown ? 60 : 10); }

std::string subject_of(const ErrandPlan& plan) {
    const Subject& guest = plan.order.guest;
    return guest.name.empty() ? guest.uuid.text() : printable(guest.name, 80);
}

// As the command words them.
std::string reply_text(const ErrandPlan& plan, const control::Reply& reply) {
    const std::string more = reply.text.empty() ? "" : ": " + printable(reply.text, 1024);
    const std::string_view verb = verb_name(plan.order.verb);
    if (reply.outcome == Outcome::done) return fmt::format("{}: {} requested{}", subject_of(plan), verb, more);
    if (reply.outcome == Outcome::already) {
        return fmt::format("{}: {}: nothing to do, it is so already{}", subject_of(plan), verb, more);
    }
    return printable(reply.error.empty() ? "refused, the agent does not say why" : reply.error, 1024);
}

}  // namespace

struct Errand::Shared {
    void say(Phase phase, std::string text) {
        const std::scoped_lock lock(mutex);
        report = {phase, std::move(text)};
    }

    std::mutex mutex;  // over `report`
    ErrandReport report;
    std::atomic<bool> left = false;  // nobody wants to know any more
};

Result<Errand> Errand::start(ErrandPlan plan) {
    auto shared = std::make_shared<Shared>();
    shared->report.text = fmt::format("{}: {}...", subject_of(plan), verb_name(plan.order.verb));
    try {
        std::thread([plan = std::move(plan), shared] { run(plan, *shared); }).detach();
    } catch (const std::system_error& error) {
        return fail(ErrorKind::system, "the order was not given: no thread for it: {}", error.what());
    }
    return Errand(std::move(shared));
}

Errand::Errand(std::shared_ptr<Shared> shared) : shared_(std::move(shared)) {}

Errand::~Errand() {
    if (shared_) shared_->left = true;
}

ErrandReport Errand::report() const {
    const std::scoped_lock lock(shared_->mutex);
    return shared_->report;
}

void Errand::run(const ErrandPlan& plan, Shared& shared) {
    const std::int64_t ordered = clock_ns(CLOCK_MONOTONIC);
    control::Wish wish;
    wish.order.verb = plan.order.verb;
    wish.guest = plan.order.guest.uuid.text();
    // A little more than the agent has, so that it is the agent that says what did not come in time.
    const auto reply = send_order(plan.socket, wish, wish.timeout + std::chrono::seconds(2), [](const auto&) {});
    const bool watched = reply.outcome == Outcome::done && expected_of(wish.order);
    shared.say(watched ? Phase::accepted : Phase::over, reply_text(plan, reply));
    if (watched) watch_it(plan, ordered, shared);
}

void Errand::watch_it(const ErrandPlan& plan, std::int64_t ordered, Shared& shared) {
    constexpr std::chrono::nanoseconds slice = std::chrono::milliseconds(500);
    Order order;
    order.verb = plan.order.verb;
    auto expected = *expected_of(order);
    expected.after = ordered;
    expected.generation = plan.order.guest.generation;
    auto reader = RingReader::open(plan.ring);
    if (!reader) return shared.say(Phase::over, printable(reader.error().message));
    const auto start = Clock::now();
    const auto end = start + patience(order.verb);
    for (;;) {
        const std::chrono::nanoseconds left = std::max(end - Clock::now(), Clock::duration::zero());
        const auto met = watch(*reader, plan.order.guest.uuid, expected, std::min(left, slice));
        if (!met) return shared.say(Phase::over, printable(met.error().message));
        if (*met || left.count() == 0) {
            const double spent = std::chrono::duration<double>(Clock::now() - start).count();
            return shared.say(Phase::over, fmt::format("{}: {}{} after {:.1f}s", subject_of(plan), *met ? "" : "not ",
                                                       expectation_name(expected.what), spent));
        }
        if (shared.left) return;
    }
}

}  // namespace virtscope::top
