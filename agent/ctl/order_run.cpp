// An order from the command line to its end.
#include <iostream>

#include <time.h>
#include <unistd.h>

#include "agent/ctl/order_input.h"
#include "agent/ctl/order_output.h"
#include "agent/ctl/order_request.h"
#include "agent/ctl/order_watch.h"
#include "agent/ctl/output.h"
#include "core/text.h"
#include "orders/expectation.h"
#include "orders/order_client.h"

namespace virtscope {
namespace {

using control::Outcome;
using control::Reply;

int code_of(Outcome outcome) { return static_cast<int>(outcome); }

std::int64_t monotonic_now() {
    timespec now{};
    ::clock_gettime(CLOCK_MONOTONIC, &now);
    return std::int64_t{now.tv_sec} * 1'000'000'000 + now.tv_nsec;
}

bool accepted(Outcome outcome) { return outcome == Outcome::done || outcome == Outcome::already; }

// Those that move a guest's memory or images take as long as it takes.
bool is_long(Verb verb) { return verb == Verb::save || verb == Verb::restore || verb == Verb::deploy; }

int refuse(const Console& console, Outcome outcome, const std::string& why) {
    std::fprintf(console.err, "virtscope: %s\n", why.c_str());
    return code_of(outcome);
}

bool loses_something(const OrderRequest& request) {
    const Order& order = request.wish.order;
    return is_destructive(order.verb) || order.force;
}

std::string question(const OrderRequest& request, const std::optional<GuestSeen>& seen, std::string_view verb) {
    if (!seen) return fmt::format("{} {}?", verb, printable(request.wish.guest));
    return fmt::format("{} {} (uuid {})?", verb, printable(seen->name), seen->uuid.text());
}

// None: go on.
std::optional<int> confirm(const OrderRequest& request, const std::optional<GuestSeen>& seen, const Console& console) {
    if (request.yes || request.wish.order.dry_run) return std::nullopt;
    const std::string verb(verb_name(request.wish.order.verb));
    if (!console.may_ask && (loses_something(request) || request.escalate)) {
        return refuse(console, Outcome::usage,
                      fmt::format("{}{} {} may lose data and nobody can be asked: add --yes", verb,
                                  request.escalate ? " --escalate" : "", printable(request.wish.guest)));
    }
    if (!loses_something(request) || console.ask(question(request, seen, verb))) return std::nullopt;
    return refuse(console, Outcome::failed, fmt::format("{}: not done", verb));
}

Reply send(const OrderRequest& request, const Console& console) {
    // A little more than the agent has, so that it is the agent that says what did not come in time.
    std::optional<std::chrono::milliseconds> limit = request.wish.timeout + std::chrono::seconds(2);
    if (is_long(request.wish.order.verb)) limit.reset();
    ProgressLine progress(request, console);
    return send_order(request.control, request.wish, limit,
                      [&progress](const control::ProgressLine& line) { progress.show(line); });
}

// The second phase. None: it cannot be watched.
class Watcher {
public:
    Watcher(const OrderRequest& request, const Console& console) : request_(request), console_(console) {}

    // Before anything is sent: whoever cannot watch should not order. None: go on.
    std::optional<int> open() {
        auto reader = RingReader::open(request_.ring);
        if (reader) {
            reader_ = std::move(*reader);
            if (const auto seen = look_up(*reader_, request_.wish.guest); seen) before_ = *seen;
        } else if (request_.wait && !request_.wish.order.dry_run) {
            return refuse(console_, Outcome::no_agent, "--wait: " + reader.error().message);
        }
        return std::nullopt;
    }
    const std::optional<GuestSeen>& before() const { return before_; }
    // The ring failed while it was watched: what the guest does is not known, which is no reason to destroy it.
    bool blind() const { return blind_; }

    std::optional<bool> wait(const Reply& reply, std::int64_t ordered) {
        auto expected = expected_of(request_.wish.order);
        Uuid guest = reply.guest;
        if (guest.is_nil() && before_) guest = before_->uuid;
        if (!expected || guest.is_nil() || !reader_) {
            say(reply, fmt::format("what {} does is not to be seen in the ring: only accepted",
                                   verb_name(request_.wish.order.verb)));
            return std::nullopt;
        }
        expected->after = ordered;
        expected->generation = before_ ? before_->generation : 0;
        const auto start = std::chrono::steady_clock::now();
        const auto met = watch(*reader_, guest, *expected, *request_.wait);
        const auto spent = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
        const char* const name = expectation_name(expected->what);
        if (!met) {
            std::fprintf(console_.err, "virtscope: --wait: %s\n", met.error().message.c_str());
            blind_ = true;
            return false;
        }
        say(reply,
            *met ? fmt::format("{} after {:.1f}s", name, spent) : fmt::format("not {} after {:.1f}s", name, spent));
        return *met;
    }

private:
    void say(const Reply& reply, const std::string& what) const {
        if (request_.format == Format::json) return;
        std::fprintf(console_.out, "%s: %s\n", order_subject(request_, reply).c_str(), what.c_str());
        std::fflush(console_.out);
    }

    const OrderRequest& request_;
    const Console& console_;
    std::optional<RingReader> reader_;
    std::optional<GuestSeen> before_;
    bool blind_ = false;
};

// What was asked to shut down and has not: ends it. Only the guest that was meant, by its UUID.
int escalate(const OrderRequest& request, const Reply& reply, const Console& console) {
    OrderRequest harder = request;
    harder.escalate = false;
    harder.wish.order = Order{.verb = Verb::destroy};
    if (!reply.guest.is_nil()) harder.wish.guest = reply.guest.text();
    return run_order(harder, console);
}

int finish(const OrderRequest& request, const Reply& reply, std::optional<bool> observed, const Console& console) {
    if (request.format == Format::json) print_order_json(request, reply, observed, console);
    if (observed == false) {
        return request.escalate ? escalate(request, reply, console) : code_of(Outcome::timed_out);
    }
    return code_of(reply.outcome);
}

}  // namespace

int run_order(const OrderRequest& given, const Console& console) {
    OrderRequest request = given;
    if (const auto fits = check_sendable(request.wish); !fits) {
        return refuse(console, Outcome::usage, fits.error().message);
    }
    Watcher watcher(request, console);
    if (const auto code = watcher.open()) return *code;
    if (const auto code = confirm(request, watcher.before(), console)) return *code;
    // Who was named in the question is who it happens to.
    if (loses_something(request) && watcher.before()) request.wish.guest = watcher.before()->uuid.text();
    const std::int64_t ordered = monotonic_now();
    const Reply reply = send(request, console);
    if (request.format != Format::json || !accepted(reply.outcome)) print_reply(request, reply, console);
    if (!accepted(reply.outcome) || !request.wait || request.wish.order.dry_run) {
        return finish(request, reply, std::nullopt, console);
    }
    const auto observed = watcher.wait(reply, ordered);
    if (watcher.blind()) request.escalate = false;
    return finish(request, reply, observed, console);
}

Console own_console() {
    Console console;
    console.may_ask = ::isatty(STDIN_FILENO) != 0 && ::isatty(STDERR_FILENO) != 0;
    console.ask = [](const std::string& text) {
        std::fprintf(stderr, "%s [y/N] ", text.c_str());
        std::string answer;
        std::getline(std::cin, answer);
        return answer == "y" || answer == "Y" || answer == "yes";
    };
    return console;
}

}  // namespace virtscope
