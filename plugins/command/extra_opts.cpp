#include "plugins/command/extra_opts.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <optional>
#include <string_view>
#include <unistd.h>

#include "core/text.h"
#include "plugins/command/small_file.h"

namespace virtscope::checks {
namespace {

constexpr std::string_view option = "--extra-opts";
constexpr std::string_view default_section = "check_virt";
constexpr std::array<const char*, 6> usual_files{
    "/etc/monitoring-plugins/monitoring-plugins.ini", "/etc/monitoring-plugins.ini", "/etc/nagios/plugins.ini",
    "/usr/local/etc/monitoring-plugins/monitoring-plugins.ini", "/usr/local/etc/monitoring-plugins.ini",
    "/etc/opt/monitoring-plugins/monitoring-plugins.ini"};

Result<std::string> usual_file() {
    // The suite's own variable for such a file.
    if (const char* file = std::getenv("MP_CONFIG_FILE"); file != nullptr && *file != '\0') return std::string(file);
    for (const char* path : usual_files) {
        if (::access(path, R_OK) == 0) return std::string(path);
    }
    return fail(ErrorKind::absent, "--extra-opts: none of the usual files is there: write --extra-opts=SECTION@FILE");
}

// "key = value" as "--key=value", a key of one letter as "-k" and its value.
Result<> add_line(std::string_view line, std::size_t number, const std::string& path, std::vector<std::string>& out) {
    const std::size_t equals = line.find('=');
    const std::string key(trimmed(line.substr(0, equals)));
    if (key.empty() || key.find_first_of(" \t") != std::string::npos) {
        return fail(ErrorKind::malformed, "--extra-opts: {}: line {}: want key = value", path, number);
    }
    // It would have to be looked up again, and would be passed over in silence.
    if (key == option.substr(2)) return fail(ErrorKind::malformed, "--extra-opts: {}: line {}: want options other than {}", path, number, key);
    const std::string dashes = key.size() == 1 ? "-" : "--";
    if (equals == std::string_view::npos) {
        out.push_back(dashes + key);
    } else if (key.size() == 1) {
        out.push_back(dashes + key);
        out.emplace_back(trimmed(line.substr(equals + 1)));
    } else {
        out.push_back(dashes + key + "=" + std::string(trimmed(line.substr(equals + 1))));
    }
    return {};
}

Result<std::vector<std::string>> section_of(std::string_view section, const std::string& path) {
    const auto content = read_small_file(option, path);
    if (!content) return std::unexpected(content.error());
    std::vector<std::string> out;
    bool inside = false, found = false;
    std::size_t number = 0;
    for (std::size_t begin = 0; begin < content->size();) {
        const std::size_t end = std::min(content->find('\n', begin), content->size());
        const std::string_view line = trimmed(std::string_view(*content).substr(begin, end - begin));
        begin = end + 1;
        ++number;
        if (line.empty() || line.starts_with('#') || line.starts_with(';')) continue;
        if (line.starts_with('[')) {
            inside = line.ends_with(']') && trimmed(line.substr(1, line.size() - 2)) == section;
            found = found || inside;
        } else if (inside) {
            if (auto added = add_line(line, number, path, out); !added) return std::unexpected(added.error());
        }
    }
    if (!found) return fail(ErrorKind::malformed, "--extra-opts: {} has no section [{}]", path, printable(section, 80));
    return out;
}

Result<std::vector<std::string>> meant_by(std::string_view text) {
    const std::size_t at = text.find('@');
    const std::string_view section = text.substr(0, at);
    auto file = at == std::string_view::npos ? usual_file() : Result<std::string>(std::string(text.substr(at + 1)));
    if (!file) return std::unexpected(file.error());
    return section_of(section.empty() ? default_section : section, *file);
}

}  // namespace

Result<std::vector<std::string>> expand_extra_opts(std::vector<std::string> arguments) {
    std::vector<std::string> from_files, rest;
    for (std::string& argument : arguments) {
        const std::string_view text = argument;
        const bool mine = text == option || (text.starts_with(option) && text[option.size()] == '=');
        if (!mine) {
            rest.push_back(std::move(argument));
            continue;
        }
        auto meant = meant_by(text.size() > option.size() ? text.substr(option.size() + 1) : std::string_view());
        if (!meant) return std::unexpected(meant.error());
        std::ranges::move(*meant, std::back_inserter(from_files));
    }
    std::ranges::move(rest, std::back_inserter(from_files));
    return from_files;
}

}  // namespace virtscope::checks
