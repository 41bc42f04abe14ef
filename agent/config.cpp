#include "agent/config.h"

#include <cerrno>
#include <functional>
#include <map>
#include <unistd.h>

#include <toml++/toml.h>

#include "core/quantity.h"
#include "core/text.h"

namespace virtscope {
namespace {

using Setter = std::function<Result<>(const toml::node&, Config&)>;
using Keys = std::map<std::string_view, Setter>;

Result<std::chrono::nanoseconds> duration_of(const toml::node& node) {
    const auto text = node.value_exact<std::string>();
    if (!text) return fail(ErrorKind::malformed, "must be a duration in quotes, as in \"1s\"");
    return parse_duration(*text);
}

// A key that holds a duration of at least `least`.
template <class Duration>
Setter duration(std::chrono::nanoseconds least, Duration& (*field)(Config&)) {
    return [least, field](const toml::node& node, Config& config) -> Result<> {
        const auto value = duration_of(node);
        if (!value) return std::unexpected(value.error());
        if (*value < least) return fail(ErrorKind::malformed, "must be at least {}", human_duration(least.count()));
        field(config) = std::chrono::duration_cast<Duration>(*value);
        return {};
    };
}

Result<> set_agent_interval(const toml::node& node, Config& config) {
    using namespace std::chrono_literals;
    const auto value = duration_of(node);
    if (!value) return std::unexpected(value.error());
    if (*value < 5s || *value > 1h) return fail(ErrorKind::malformed, "must lie between 5s and 1h");
    config.drivers.guest_agent_interval = std::chrono::duration_cast<std::chrono::seconds>(*value);
    return {};
}

Result<> set_interval(const toml::node& node, Config& config) {
    const auto value = duration_of(node);
    if (!value) return std::unexpected(value.error());
    config.interval = *value;
    return check_interval("interval", *value);
}

Result<> set_connect(const toml::node& node, Config& config) {
    const toml::array* const list = node.as_array();
    config.connect.clear();
    for (std::size_t i = 0; list != nullptr && i < list->size(); ++i) {
        const auto uri = list->get(i)->value_exact<std::string>();
        if (!uri) return fail(ErrorKind::malformed, "must hold nothing but URIs in quotes");
        config.connect.push_back(*uri);
    }
    if (list == nullptr) return fail(ErrorKind::malformed, "must be a list of URIs, as in [\"kvm:///\"]");
    return {};
}

Result<> set_ring_file(const toml::node& node, Config& config) {
    const auto text = node.value_exact<std::string>();
    if (!text || !text->starts_with('/')) return fail(ErrorKind::malformed, "must be an absolute path in quotes");
    config.ring_file = *text;
    return {};
}

Result<> set_ring_size(const toml::node& node, Config& config) {
    const auto text = node.value_exact<std::string>();
    if (!text) return fail(ErrorKind::malformed, "must be a size in quotes, as in \"64MiB\"");
    const auto bytes = parse_size(*text);
    if (!bytes) return std::unexpected(bytes.error());
    config.ring_bytes = *bytes;
    return {};
}

Setter flag(bool& (*field)(Config&)) {
    return [field](const toml::node& node, Config& config) -> Result<> {
        const auto value = node.value_exact<bool>();
        if (!value) return fail(ErrorKind::malformed, "must be true or false");
        field(config) = *value;
        return {};
    };
}

Result<> set_control_socket(const toml::node& node, Config& config) {
    const auto text = node.value_exact<std::string>();
    if (!text || !text->starts_with('/')) return fail(ErrorKind::malformed, "must be an absolute path in quotes");
    config.control_socket = *text;
    return {};
}

Result<> set_control_group(const toml::node& node, Config& config) {
    const auto text = node.value_exact<std::string>();
    if (!text || text->empty()) return fail(ErrorKind::malformed, "must be the name of a group in quotes");
    config.control_group = *text;
    return {};
}

Result<> set_state_folder(const toml::node& node, Config& config) {
    const auto text = node.value_exact<std::string>();
    if (!text || !text->starts_with('/')) return fail(ErrorKind::malformed, "must be an absolute path in quotes");
    config.drivers.state_folder = *text;
    config.state_folder_named = true;
    return {};
}

const Keys& known_keys() {
    using namespace std::chrono_literals;
    using Milli = std::chrono::milliseconds;
    using Sec = std::chrono::seconds;
    static const Keys keys{
        {"interval", set_interval},
        {"connect", set_connect},
        {"ring.file", set_ring_file},
        {"ring.size", set_ring_size},
        {"monitor.enabled", flag([](Config& c) -> bool& { return c.drivers.use_monitors; })},
        {"monitor.deadline", duration<Milli>(10ms, [](Config& c) -> Milli& { return c.drivers.monitor_deadline; })},
        {"monitor.slow_interval", duration<Sec>(1s, [](Config& c) -> Sec& { return c.drivers.slow_interval; })},
        {"monitor.probe_interval", duration<Sec>(1s, [](Config& c) -> Sec& { return c.drivers.probe_interval; })},
        {"monitor.balloon_polling", duration<Sec>(0s, [](Config& c) -> Sec& { return c.drivers.balloon_polling; })},
        {"control.enabled", flag([](Config& c) -> bool& { return c.control_enabled; })},
        {"control.socket", set_control_socket},
        {"control.group", set_control_group},
        {"guest_agent.enabled", flag([](Config& c) -> bool& { return c.drivers.guest_agent; })},
        {"guest_agent.interval", set_agent_interval},
        {"definitions.state_folder", set_state_folder},
        {"discovery.scan_interval", duration<Sec>(1s, [](Config& c) -> Sec& { return c.drivers.scan_interval; })},
    };
    return keys;
}

std::string key_names() {
    std::string names;
    for (const auto& [name, setter] : known_keys()) names += (names.empty() ? "" : ", ") + std::string(name);
    return names;
}

Result<> apply_table(const std::string& path, const std::string& prefix, const toml::table& table, Config& config) {
    for (const auto& [key, node] : table) {
        const std::string name = prefix + std::string(key.str());
        const auto known = known_keys().find(name);
        if (const toml::table* const inner = node.as_table(); inner != nullptr && known == known_keys().end()) {
            const auto applied = apply_table(path, name + ".", *inner, config);
            if (!applied) return applied;
            continue;
        }
        const auto line = node.source().begin.line;
        if (known == known_keys().end()) {
            return fail(ErrorKind::malformed, "{}:{}: unknown key '{}'; known are {}", path, line, printable(name),
                        key_names());
        }
        const auto set = known->second(node, config);
        if (!set) return fail(ErrorKind::malformed, "{}:{}: {}: {}", path, line, name, set.error().message);
    }
    return {};
}

}  // namespace

Result<> check_interval(std::string_view what, std::chrono::nanoseconds interval) {
    using namespace std::chrono_literals;
    if (interval >= 100ms && interval <= 1h) return {};
    return fail(ErrorKind::malformed, "{}: must lie between 100ms and 1h", what);
}

Result<Config> load_config(const std::string& path) {
    // toml++ reports a missing file and a broken one alike; they need different words.
    if (::access(path.c_str(), R_OK) != 0) return fail_errno(errno, "{}: cannot read the configuration", path);
    Config config;
    try {
        const toml::table table = toml::parse_file(path);
        const auto applied = apply_table(path, "", table, config);
        if (!applied) return std::unexpected(applied.error());
    } catch (const toml::parse_error& error) {
        return fail(ErrorKind::malformed, "{}:{}: {}", path, error.source().begin.line,
                    printable(error.description()));
    }
    return config;
}

}  // namespace virtscope
