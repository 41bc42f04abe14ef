#include "exporters/collectd/plugin_config.h"

#include <span>
#include <string>

#include <fmt/format.h>

namespace virtscope::exporters::collectd {
namespace {

std::string text_of(const oconfig_value_t& value) {
    switch (value.type) {
        case OCONFIG_TYPE_STRING: return value.value.string;
        case OCONFIG_TYPE_NUMBER: return fmt::format("{}", value.value.number);
        default: return value.value.boolean != 0 ? "true" : "false";
    }
}

// Several values of a key are one text with blanks: `HostnameFormat name uuid` is `HostnameFormat "name uuid"`.
std::string value_of(const oconfig_item_t& item) {
    std::string text;
    for (const oconfig_value_t& value : std::span(item.values, static_cast<std::size_t>(item.values_num))) {
        if (!text.empty()) text += ' ';
        text += text_of(value);
    }
    return text;
}

}  // namespace

Result<> configure(Options& options, const oconfig_item_t& block, Sink& log) {
    for (const oconfig_item_t& item : std::span(block.children, static_cast<std::size_t>(block.children_num))) {
        const auto set = set_option(options, item.key, value_of(item));
        if (!set && set.error().kind == ErrorKind::absent) log.say(Level::warning, set.error().message + ", passed over");
        else if (!set) return std::unexpected(set.error());
        else if (!set->empty()) log.say(Level::notice, *set);
    }
    return {};
}

}  // namespace virtscope::exporters::collectd
