#include "drivers/xen/lifecycle_wire.h"

#include <algorithm>
#include <array>
#include <limits>

#include <nlohmann/json.hpp>

#include "core/text.h"

namespace virtscope::xen {
namespace {

using Json = nlohmann::json;

struct KindName {
    ErrorKind kind;
    std::string_view name;
};
constexpr std::array kinds{
    KindName{ErrorKind::absent, "absent"},           KindName{ErrorKind::denied, "denied"},
    KindName{ErrorKind::timeout, "timeout"},         KindName{ErrorKind::malformed, "malformed"},
    KindName{ErrorKind::unsupported, "unsupported"}, KindName{ErrorKind::busy, "busy"},
    KindName{ErrorKind::system, "system"},
};

std::string text_at(const Json& object, const char* key) {
    const auto found = object.find(key);
    return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

std::uint64_t number_at(const Json& object, const char* key) {
    const auto found = object.find(key);
    return found != object.end() && found->is_number_unsigned() ? found->get<std::uint64_t>() : 0;
}

bool yes_at(const Json& object, const char* key) {
    const auto found = object.find(key);
    return found != object.end() && found->is_boolean() && found->get<bool>();
}

Json parsed(std::string_view text) { return Json::parse(text, nullptr, false); }

}  // namespace

Result<std::string> write_order(const Order& order) {
    const Json object{{"verb", verb_name(order.verb)},
                      {"domid", order.target.local_id},
                      {"uuid", order.target.uuid.text()},
                      {"guest", printable(order.target.name)},  // only to be read; whom it means is said above
                      {"mode", order.mode},
                      {"device", order.device},
                      {"path", order.path},
                      {"text", order.text},
                      {"bytes", order.bytes},
                      {"count", order.count},
                      {"paused", order.paused},
                      {"force", order.force},
                      {"dry_run", order.dry_run}};
    try {
        return object.dump();
    } catch (const Json::type_error&) {
        return fail(ErrorKind::malformed, "the order has a text, path or name that is not UTF-8");
    }
}

Result<Order> read_order(std::string_view text) {
    const Json object = parsed(text);
    if (!object.is_object()) return fail(ErrorKind::malformed, "the order is not a JSON object");
    const auto verb = verb_named(text_at(object, "verb"));
    if (!verb) return fail(ErrorKind::malformed, "the order has no known verb");
    Order order;
    order.verb = *verb;
    // A number that is missing is not 0, which is Domain-0's.
    if (names_a_guest(*verb) && (!object.contains("domid") || !object["domid"].is_number_unsigned())) {
        return fail(ErrorKind::malformed, "the order has no number of a domain");
    }
    const std::uint64_t domid = number_at(object, "domid");
    const std::uint64_t count = number_at(object, "count");
    if (domid > std::numeric_limits<std::uint32_t>::max() || count > std::numeric_limits<unsigned>::max()) {
        return fail(ErrorKind::malformed, "the order has a number that is too large");
    }
    order.target.local_id = static_cast<std::int64_t>(domid);
    order.target.uuid = Uuid::parse(text_at(object, "uuid")).value_or(Uuid{});
    order.target.name = text_at(object, "guest");
    order.mode = text_at(object, "mode");
    order.device = text_at(object, "device");
    order.path = text_at(object, "path");
    order.text = text_at(object, "text");
    order.bytes = number_at(object, "bytes");
    order.count = static_cast<unsigned>(count);
    order.paused = yes_at(object, "paused");
    order.force = yes_at(object, "force");
    order.dry_run = yes_at(object, "dry_run");
    return order;
}

std::string write_report(const Report& report) {
    Json object;
    if (const auto* advance = std::get_if<Advance>(&report)) {
        object["progress"] = {advance->done, advance->total};
    } else if (const auto* answer = std::get_if<Answer>(&report)) {
        object["answer"] = {{"already", answer->already}, {"text", answer->text}, {"guest", answer->guest.text()}};
    } else if (const auto* error = std::get_if<Error>(&report)) {
        const auto* const kind = std::ranges::find(kinds, error->kind, &KindName::kind);
        object["error"] = {{"kind", kind->name}, {"message", error->message}};
    }
    return object.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
}

Result<Report> read_report(std::string_view line) {
    const Json object = parsed(line);
    if (object.is_object()) {
        if (const auto at = object.find("progress"); at != object.end() && at->is_array() && at->size() == 2 &&
                                                     (*at)[0].is_number_unsigned() && (*at)[1].is_number_unsigned()) {
            return Advance{(*at)[0].get<std::uint64_t>(), (*at)[1].get<std::uint64_t>()};
        }
        if (const auto at = object.find("answer"); at != object.end() && at->is_object()) {
            return Answer{yes_at(*at, "already"), text_at(*at, "text"),
                          Uuid::parse(text_at(*at, "guest")).value_or(Uuid{})};
        }
        if (const auto at = object.find("error"); at != object.end() && at->is_object()) {
            const auto* const kind = std::ranges::find(kinds, text_at(*at, "kind"), &KindName::name);
            if (kind != kinds.end()) return Error{kind->kind, printable(text_at(*at, "message"), 1024)};
        }
    }
    return fail(ErrorKind::malformed, "virtscope-libxl said \"{}\", which is no report; is it of another version?",
                printable(line, 80));
}

}  // namespace virtscope::xen
