#include "orders/wire.h"

#include <algorithm>
#include <array>
#include <limits>

#include <nlohmann/json.hpp>

#include "core/text.h"
#include "orders/flat_json.h"

namespace virtscope::control {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::array<std::string_view, outcome_count> outcome_names = {
    "done",      "failed", "usage",       "no-agent",  "already", "not-found",
    "ambiguous", "denied", "unsupported", "timed-out", "busy",    "unknown"};

// An order waits no longer than a day: more is a mistake, and must not overflow a deadline.
constexpr std::uint64_t longest_timeout_ms = 86'400'000;

std::string line(const Json& json) { return json.dump(-1, ' ', false, Json::error_handler_t::replace); }

void put(Json& json, const char* name, const std::string& value) {
    if (!value.empty()) json[name] = value;
}

void put(Json& json, const char* name, bool value) {
    if (value) json[name] = true;
}

Result<FlatJson> parse_line(std::string_view line, const char* what) {
    if (line.size() > longest_line) {
        return fail(ErrorKind::malformed, "{}: longer than {}", what, human_bytes(longest_line));
    }
    auto flat = FlatJson::parse(line);
    if (!flat) return fail(ErrorKind::malformed, "{}: {}", what, flat.error().message);
    return flat;
}

// Takes fields out one after another and remembers the first that is of another kind.
class Taker {
public:
    Taker(FlatJson& from, const char* what) : from_(from), what_(what) {}
    template <class T>
    Taker& operator()(const char* name, T& into) {
        if (wrong_ == nullptr && !from_.take(name, into)) wrong_ = name;
        return *this;
    }
    Result<void> end() const {
        if (wrong_ != nullptr) return fail(ErrorKind::malformed, "{}: field '{}' is of the wrong kind", what_, wrong_);
        if (const auto name = from_.left_over()) {
            return fail(ErrorKind::malformed, "{}: field '{}' is not known; are command and agent of one version?",
                        what_, *name);
        }
        return {};
    }

private:
    FlatJson& from_;
    const char* what_;
    const char* wrong_ = nullptr;
};

Result<void> check_ranges(std::uint64_t count, std::uint64_t timeout_ms) {
    if (count > std::numeric_limits<unsigned>::max()) {
        return fail(ErrorKind::malformed, "order: field 'count' is too large");
    }
    if (timeout_ms > longest_timeout_ms) return fail(ErrorKind::malformed, "order: field 'timeout_ms' is over a day");
    return {};
}

}  // namespace

std::string_view outcome_name(Outcome outcome) {
    const auto index = static_cast<std::size_t>(outcome);
    return index < outcome_count ? outcome_names[index] : outcome_names.back();
}

std::optional<Outcome> outcome_named(std::string_view name) {
    const auto at = std::ranges::find(outcome_names, name);
    if (at == outcome_names.end()) return std::nullopt;
    return static_cast<Outcome>(at - outcome_names.begin());
}

Outcome outcome_of(ErrorKind kind) {
    switch (kind) {
        case ErrorKind::absent: return Outcome::not_found;
        case ErrorKind::denied: return Outcome::denied;
        case ErrorKind::timeout: return Outcome::timed_out;
        case ErrorKind::malformed: return Outcome::usage;
        case ErrorKind::unsupported: return Outcome::unsupported;
        case ErrorKind::busy: return Outcome::busy;
        case ErrorKind::system: break;
    }
    return Outcome::failed;
}

std::string wish_line(const Wish& wish) {
    const Order& order = wish.order;
    Json json{{"verb", verb_name(order.verb)}};
    put(json, "guest", wish.guest);
    put(json, "driver", wish.driver);
    put(json, "mode", order.mode);
    put(json, "device", order.device);
    put(json, "path", order.path);
    put(json, "text", order.text);
    put(json, "name", order.name);
    if (order.bytes != 0) json["bytes"] = order.bytes;
    if (order.count != 0) json["count"] = order.count;
    put(json, "disable", order.disable);
    put(json, "paused", order.paused);
    put(json, "force", order.force);
    put(json, "dry_run", order.dry_run);
    json["timeout_ms"] = std::max<std::int64_t>(0, wish.timeout.count());
    return line(json);
}

Result<Wish> parse_wish(std::string_view line) {
    auto flat = parse_line(line, "order");
    if (!flat) return std::unexpected(flat.error());
    Wish wish;
    Order& order = wish.order;
    std::string verb;
    std::uint64_t count = 0;
    auto timeout_ms = static_cast<std::uint64_t>(wish.timeout.count());
    Taker take(*flat, "order");
    take("verb", verb)("guest", wish.guest)("driver", wish.driver)("mode", order.mode)("device", order.device);
    take("path", order.path)("text", order.text)("name", order.name)("bytes", order.bytes)("count", count);
    take("disable", order.disable)("paused", order.paused)("force", order.force)("dry_run", order.dry_run);
    take("timeout_ms", timeout_ms);
    if (const auto ended = take.end(); !ended) return std::unexpected(ended.error());
    if (const auto fits = check_ranges(count, timeout_ms); !fits) return std::unexpected(fits.error());
    const auto named = verb_named(verb);
    if (!named) return fail(ErrorKind::malformed, "order: field 'verb' is no verb: '{}'", printable(verb, 40));
    order.verb = *named;
    order.count = static_cast<unsigned>(count);
    wish.timeout = std::chrono::milliseconds(timeout_ms);
    return wish;
}

std::string reply_line(const Reply& reply) {
    Json json{{"result", outcome_name(reply.outcome)}};
    put(json, "text", reply.text);
    put(json, "error", reply.error);
    if (!reply.guest.is_nil()) json["uuid"] = reply.guest.text();
    put(json, "name", reply.name);
    put(json, "id", reply.id);
    return line(json);
}

Result<Reply> parse_reply(std::string_view line) {
    auto flat = parse_line(line, "answer");
    if (!flat) return std::unexpected(flat.error());
    Reply reply;
    std::string result, uuid;
    Taker take(*flat, "answer");
    take("result", result)("text", reply.text)("error", reply.error);
    take("uuid", uuid)("name", reply.name)("id", reply.id);
    if (const auto ended = take.end(); !ended) return std::unexpected(ended.error());
    const auto outcome = outcome_named(result);
    if (!outcome) return fail(ErrorKind::malformed, "answer: field 'result' is none: '{}'", printable(result, 40));
    reply.outcome = *outcome;
    if (!uuid.empty()) {
        const auto parsed = Uuid::parse(uuid);
        if (!parsed) return fail(ErrorKind::malformed, "answer: field 'uuid' is no UUID");
        reply.guest = *parsed;
    }
    return reply;
}

std::string progress_line(std::uint64_t done, std::uint64_t total) {
    return line(Json{{"progress", {{"done", done}, {"total", total}}}});
}

std::optional<ProgressLine> parse_progress(std::string_view line) {
    if (line.size() > 256) return std::nullopt;
    auto flat = FlatJson::parse(line);
    if (!flat || !flat->has("progress.done")) return std::nullopt;
    ProgressLine progress;
    if (!flat->take("progress.done", progress.done) || !flat->take("progress.total", progress.total))
        return std::nullopt;
    if (flat->left_over()) return std::nullopt;
    return progress;
}

}  // namespace virtscope::control
