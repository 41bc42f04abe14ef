#include "drivers/qemu/guest_agent_value.h"

#include <algorithm>
#include <iterator>

#include <fmt/format.h>
#include <simdjson.h>

#include "core/text.h"

namespace virtscope::qemu {
namespace {

using simdjson::dom::element;
using simdjson::dom::element_type;

constexpr std::uint64_t exact = std::uint64_t{1} << 53;

// Takes over a parsed document, counting; recursion is bounded by the parser's own depth.
class Taker {
public:
    std::optional<AgentValue> take(const element& from) {
        if (++values_ > max_agent_values) return std::nullopt;
        switch (from.type()) {
            case element_type::ARRAY: return list(from);
            case element_type::OBJECT: return object(from);
            case element_type::INT64: return AgentValue{from.get_int64().value_unsafe()};
            case element_type::UINT64: return AgentValue{static_cast<double>(from.get_uint64().value_unsafe())};
            case element_type::DOUBLE: return AgentValue{from.get_double().value_unsafe()};
            case element_type::STRING: return AgentValue{printable(from.get_string().value_unsafe())};
            case element_type::BOOL: return AgentValue{from.get_bool().value_unsafe()};
            case element_type::NULL_VALUE: break;
        }
        return AgentValue{};
    }

private:
    std::optional<AgentValue> list(const element& from) {
        AgentValue::List values;
        const simdjson::dom::array elements = from.get_array().value_unsafe();
        for (const element each : elements) {
            auto value = take(each);
            if (!value) return std::nullopt;
            values.push_back(std::move(*value));
        }
        return AgentValue{std::move(values)};
    }

    std::optional<AgentValue> object(const element& from) {
        AgentValue::Object members;
        const simdjson::dom::object fields = from.get_object().value_unsafe();
        for (const auto& each : fields) {
            auto value = take(each.value);
            if (!value) return std::nullopt;
            members.push_back({printable(each.key), std::move(*value)});
        }
        return AgentValue{std::move(members)};
    }

    std::size_t values_ = 0;
};

void quote(std::string& out, std::string_view text) {
    out += '"';
    for (const char c : text) {
        if (c == '"' || c == '\\') out += '\\';
        out += c;
    }
    out += '"';
}

struct Writer {
    std::string& out;

    void operator()(std::monostate) const { out += "null"; }
    void operator()(bool value) const { out += value ? "true" : "false"; }
    void operator()(std::int64_t value) const { fmt::format_to(std::back_inserter(out), "{}", value); }
    void operator()(double value) const { fmt::format_to(std::back_inserter(out), "{}", value); }
    void operator()(const std::string& value) const { quote(out, value); }

    void operator()(const AgentValue::List& values) const {
        out += '[';
        for (const AgentValue& value : values) {
            if (&value != values.data()) out += ',';
            std::visit(*this, value.held);
        }
        out += ']';
    }

    void operator()(const AgentValue::Object& members) const {
        out += '{';
        for (const AgentMember& member : members) {
            if (&member != members.data()) out += ',';
            quote(out, member.name);
            out += ':';
            std::visit(*this, member.value.held);
        }
        out += '}';
    }
};

}  // namespace

const AgentValue* AgentValue::find(std::string_view name) const {
    const auto* members = std::get_if<Object>(&held);
    if (members == nullptr) return nullptr;
    const auto found = std::ranges::find(*members, name, &AgentMember::name);
    return found != members->end() ? &found->value : nullptr;
}

const AgentValue::List& AgentValue::list() const {
    static const List empty;
    const auto* values = std::get_if<List>(&held);
    return values != nullptr ? *values : empty;
}

std::string AgentValue::text(std::string_view name) const {
    const AgentValue* value = find(name);
    const auto* text = value != nullptr ? std::get_if<std::string>(&value->held) : nullptr;
    return text != nullptr ? *text : std::string();
}

std::optional<std::uint64_t> AgentValue::count(std::string_view name) const {
    const AgentValue* value = find(name);
    const auto* number = value != nullptr ? std::get_if<std::int64_t>(&value->held) : nullptr;
    if (number == nullptr || *number < 0) return std::nullopt;
    const auto whole = static_cast<std::uint64_t>(*number);
    return whole <= exact ? std::optional(whole) : std::nullopt;
}

void AgentValue::set(std::string name, AgentValue value) {
    if (!is_object()) held = Object{};
    std::get<Object>(held).push_back({std::move(name), std::move(value)});
}

std::string AgentValue::json() const {
    std::string out;
    std::visit(Writer{out}, held);
    return out;
}

Result<AgentValue> parse_agent_reply(std::string_view text) {
    if (text.size() > max_agent_reply) {
        return fail(ErrorKind::malformed, "guest agent: its reply is longer than {} bytes", max_agent_reply);
    }
    simdjson::dom::parser parser(max_agent_reply);
    // Never grown by parse(), so the depth stays too.
    if (parser.allocate(std::max<std::size_t>(text.size(), 64), max_agent_depth) != simdjson::SUCCESS) {
        return fail(ErrorKind::system, "guest agent: no memory to read its reply");
    }
    element root;
    if (const auto code = parser.parse(text.data(), text.size()).get(root); code != simdjson::SUCCESS) {
        return fail(ErrorKind::malformed, "guest agent: its reply is no JSON we accept ({})", simdjson::error_message(code));
    }
    auto value = Taker().take(root);
    if (!value) return fail(ErrorKind::malformed, "guest agent: its reply holds more than {} values", max_agent_values);
    return std::move(*value);
}

}  // namespace virtscope::qemu
