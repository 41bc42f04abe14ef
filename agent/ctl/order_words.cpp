// What the words of an order mean.
#include <charconv>
#include <cstdlib>
#include <filesystem>

#include <unistd.h>

#include "agent/ctl/order_input.h"
#include "agent/ctl/order_verbs.h"
#include "agent/ctl/output.h"
#include "core/quantity.h"
#include "core/ring/path.h"
#include "core/text.h"
#include "orders/socket_path.h"

namespace virtscope {
namespace {

using std::chrono::nanoseconds;

constexpr auto longest = std::chrono::hours(24);

Result<nanoseconds> duration_of(const char* option, const std::string& text) {
    const auto duration = parse_duration(text);
    if (!duration) return fail(duration.error().kind, "{}: {}", option, duration.error().message);
    if (*duration <= nanoseconds(0) || *duration > longest) {
        return fail(ErrorKind::malformed, "{}: {} is not between 1ms and 24h", option, printable(text, 40));
    }
    return *duration;
}

Result<void> take_times(const OrderWords& words, OrderRequest& request) {
    if (!words.timeout.empty()) {
        const auto timeout = duration_of("--timeout", words.timeout);
        if (!timeout) return std::unexpected(timeout.error());
        request.wish.timeout = std::chrono::ceil<std::chrono::milliseconds>(*timeout);
    }
    if (words.wait.empty() && !words.escalate) return {};
    const auto wait = duration_of("--wait", words.wait.empty() ? "10s" : words.wait);
    if (!wait) return std::unexpected(wait.error());
    request.wait = *wait;
    return {};
}

Result<void> take_size(const std::string& text, Order& order) {
    const auto bytes = parse_size(text);
    if (!bytes) return std::unexpected(bytes.error());
    if (*bytes == 0) return fail(ErrorKind::malformed, "{}: a guest needs some memory", printable(text, 40));
    order.bytes = *bytes;
    return {};
}

Result<void> take_count(const std::string& text, Order& order) {
    const char* const end = text.data() + text.size();
    const auto [at, error] = std::from_chars(text.data(), end, order.count);
    if (error != std::errc() || at != end || order.count == 0 || order.count > 65536) {
        return fail(ErrorKind::malformed, "'{}' is no number of vCPUs: write one from 1 on", printable(text, 40));
    }
    return {};
}

Result<void> take_path(const std::string& text, Order& order) {
    auto path = absolute_path(text);
    if (!path) return std::unexpected(path.error());
    order.path = std::move(*path);
    return {};
}

// change-media GUEST [DEVICE] PATH, or virsh's GUEST DEVICE --source PATH, or GUEST [DEVICE] --eject.
Result<void> take_medium(const OrderWords& words, Order& order) {
    auto rest = words.medium;
    std::string path = words.source;
    if (!words.takes_out && path.empty() && !rest.empty()) {
        path = rest.back();
        rest.pop_back();
    }
    if (rest.size() > 1 || (words.takes_out && !path.empty())) {
        return fail(ErrorKind::malformed, "change-media: write [DEVICE] PATH, or --eject [DEVICE]");
    }
    if (!rest.empty()) order.device = rest.front();
    if (words.takes_out) {
        order.verb = Verb::eject;
        return {};
    }
    if (path.empty()) return fail(ErrorKind::malformed, "change-media: which image? write its PATH, or --eject");
    return take_path(path, order);
}

Result<void> take_xml(const OrderWords& words, Order& order) {
    auto text = read_xml(words.file);
    if (!text) return std::unexpected(text.error());
    order.text = std::move(*text);
    if (order.verb != Verb::deploy) return {};
    const auto base = absolute_path(words.file == "-" ? "./stdin" : words.file);
    if (!base) return std::unexpected(base.error());
    order.path = std::filesystem::path(*base).parent_path().string();
    return {};
}

Result<void> take_own(const OrderWords& words, Order& order) {
    switch (order.verb) {
        case Verb::setmem: return take_size(words.size, order);
        case Verb::setvcpus: return take_count(words.count, order);
        case Verb::change_media: return take_medium(words, order);
        case Verb::save:
        case Verb::restore: return take_path(words.file, order);
        case Verb::define:
        case Verb::create:
        case Verb::deploy: return take_xml(words, order);
        default: return {};
    }
}

Format format_of(const OrderWords& words) { return words.format == "json" ? Format::json : Format::table; }

int run_awaited(const OrderWords& words) {
    const auto request = awaited_of(words);
    if (!request) return complain(request.error(), exit_usage);
    return run_wait(*request, own_console());
}

}  // namespace

Result<OrderRequest> order_of(const OrderWords& words) {
    OrderRequest request;
    Order& order = request.wish.order;
    order.verb = words.verb;
    order.mode = words.graceful ? "graceful" : words.mode;
    order.device = words.device;
    order.name = words.name;
    order.disable = words.disable;
    order.paused = words.paused;
    order.force = words.force;
    order.dry_run = words.dry_run;
    if (names_a_guest(words.verb) && words.guest.empty())
        return fail(ErrorKind::malformed, "which guest? its name is empty");
    request.wish.guest = words.guest;
    request.wish.driver = words.driver;
    request.format = format_of(words);
    request.escalate = words.escalate;
    request.yes = words.yes;
    request.ring = ring_path(words.ring);
    const char* const named = std::getenv("VIRTSCOPE_CONTROL");
    request.control =
        control::socket_path(words.control.empty() && named != nullptr ? named : words.control, words.ring);
    if (const auto fits = take_times(words, request); !fits) return std::unexpected(fits.error());
    if (const auto fits = take_own(words, order); !fits) return std::unexpected(fits.error());
    return request;
}

Result<WaitRequest> awaited_of(const OrderWords& words) {
    WaitRequest request{.ring = ring_path(words.ring), .guest = words.guest, .format = format_of(words)};
    request.state = words.state == "running"  ? AwaitedState::running
                    : words.state == "paused" ? AwaitedState::paused
                                              : AwaitedState::off;
    if (words.timeout.empty()) return request;
    const auto timeout = duration_of("--timeout", words.timeout);
    if (!timeout) return std::unexpected(timeout.error());
    request.timeout = *timeout;
    return request;
}

int run_words(const OrderWords& words) {
    if (words.awaits) return run_awaited(words);
    auto request = order_of(words);
    if (!request) return complain(request.error(), static_cast<int>(control::outcome_of(request.error().kind)));
    request->progress = ::isatty(STDERR_FILENO) != 0;
    return run_order(*request, own_console());
}

}  // namespace virtscope
