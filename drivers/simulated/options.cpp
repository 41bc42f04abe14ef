#include "drivers/simulated/options.h"

#include <array>
#include <charconv>
#include <limits>

#include "core/text.h"

namespace virtscope::simulated {
namespace {

constexpr std::string_view form = "test:///default?guests=N&seed=S&hung=K&churn=R or test:///empty";
constexpr std::uint64_t most_churn_a_guest = 60;  // a minute: a guest needs a second between two changes

struct Parameter {
    std::string_view name;
    std::uint64_t Options::*field;
    std::uint64_t most;
};
constexpr std::array<Parameter, 4> parameters{{
    {"guests", &Options::guests, most_guests},
    {"seed", &Options::seed, std::numeric_limits<std::uint64_t>::max()},
    {"hung", &Options::hung, most_guests},
    {"churn", &Options::churn, most_guests * most_churn_a_guest},
}};

const Parameter* parameter_by_name(std::string_view name) {
    for (const Parameter& parameter : parameters) {
        if (parameter.name == name) return &parameter;
    }
    return nullptr;
}

Result<> take(Options& options, std::string_view pair) {
    const std::size_t equals = pair.find('=');
    const std::string_view name = pair.substr(0, equals);
    const Parameter* const parameter = parameter_by_name(name);
    if (parameter == nullptr) {
        return fail(ErrorKind::malformed, "test URI: unknown parameter '{}'; accepted: {}", printable(name), form);
    }
    const std::string_view text = equals == std::string_view::npos ? "" : pair.substr(equals + 1);
    std::uint64_t value = 0;
    const auto parsed = std::from_chars(text.data(), text.data() + text.size(), value);
    if (parsed.ec != std::errc{} || parsed.ptr != text.data() + text.size() || value > parameter->most) {
        return fail(ErrorKind::malformed, "test URI: {}={}: want a number from 0 to {}, as in {}", name,
                    printable(text), parameter->most, form);
    }
    options.*(parameter->field) = value;
    return {};
}

Result<> check(const Options& options) {
    if (options.hung > options.guests) {
        return fail(ErrorKind::malformed, "test URI: hung={}: want at most guests={}", options.hung, options.guests);
    }
    if (options.churn > options.guests * most_churn_a_guest) {
        return fail(ErrorKind::malformed, "test URI: churn={}: want at most {} a guest and minute", options.churn,
                    most_churn_a_guest);
    }
    return {};
}

}  // namespace

Result<std::optional<Options>> parse_uri(std::string_view uri) {
    constexpr std::string_view scheme = "test:";
    if (!uri.starts_with(scheme)) return std::optional<Options>();
    uri.remove_prefix(scheme.size());
    Options options;
    const std::size_t question = uri.find('?');
    const std::string_view path = uri.substr(0, question);
    std::string_view query = question == std::string_view::npos ? "" : uri.substr(question + 1);
    if (path == "///empty" && query.empty()) {
        options.guests = 0;
        return std::optional(options);
    }
    if (path != "///default") {
        return fail(ErrorKind::malformed, "test URI: unknown host '{}'; accepted: {}", printable(path), form);
    }
    while (!query.empty()) {
        const std::size_t end = std::min(query.find('&'), query.size());
        const auto taken = take(options, query.substr(0, end));
        if (!taken) return std::unexpected(taken.error());
        query.remove_prefix(std::min(end + 1, query.size()));
    }
    const auto sound = check(options);
    if (!sound) return std::unexpected(sound.error());
    return std::optional(options);
}

}  // namespace virtscope::simulated
