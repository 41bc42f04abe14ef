#include "plugins/judge/expected.h"

#include <algorithm>
#include <optional>

#include "core/text.h"
#include "plugins/command/small_file.h"

namespace virtscope::checks {
namespace {

std::optional<Expectation> word(std::string_view text) {
    if (text.empty() || text == "running") return Expectation::running;
    if (text == "off") return Expectation::off;
    if (text == "paused") return Expectation::paused;
    if (text == "any") return Expectation::any;
    return std::nullopt;
}

// Takes the guest's name off the front of the line; nothing if quotes do not close or there is no name.
std::optional<std::string> take_name(std::string_view& line) {
    const bool quoted = line.front() == '"';
    const std::size_t end = quoted ? line.find('"', 1) : std::min(line.find_first_of(" \t\r"), line.size());
    if (end == std::string_view::npos) return std::nullopt;
    std::string name(line.substr(quoted ? 1 : 0, end - (quoted ? 1 : 0)));
    line = trimmed(line.substr(std::min(end + (quoted ? 1 : 0), line.size())));
    if (name.empty()) return std::nullopt;
    return name;
}

}  // namespace

std::string_view expectation_name(Expectation what) {
    switch (what) {
        case Expectation::running: return "running";
        case Expectation::off: return "off";
        case Expectation::paused: return "paused";
        case Expectation::any: break;
    }
    return "any";
}

Result<> Expected::read(const std::string& path) {
    const auto content = read_small_file("--expect", path);
    if (!content) return std::unexpected(content.error());
    std::size_t number = 0;
    for (std::size_t begin = 0; begin < content->size();) {
        const std::size_t end = std::min(content->find('\n', begin), content->size());
        std::string_view line = trimmed(std::string_view(*content).substr(begin, end - begin));
        begin = end + 1;
        ++number;
        if (line.empty() || line.starts_with('#')) continue;
        auto name = take_name(line);
        line = trimmed(line.substr(0, line.find('#')));
        const auto what = word(line);
        if (!name || !what) {
            return fail(ErrorKind::malformed, "--expect {}: line {}: want NAME-OR-UUID and one of running, off, paused, any",
                        path, number);
        }
        if (std::ranges::find(lines_, *name, &Line::guest) != lines_.end()) {
            return fail(ErrorKind::malformed, "--expect {}: line {}: {} is in the file twice: want a line a guest", path, number,
                        printable(*name, 80));
        }
        lines_.push_back({.guest = std::move(*name), .what = *what});
    }
    if (lines_.empty()) return fail(ErrorKind::malformed, "--expect {}: names no guest", path);
    listed_ = true;
    return {};
}

Result<Expected> Expected::parse(const std::string& text) {
    Expected expected;
    if (text == "running") return expected;
    if (text == "off") {
        expected.all_ = Expectation::off;
        return expected;
    }
    if (text.find('/') == std::string::npos) {
        return fail(ErrorKind::malformed, "--expect {}: want running, off or the path of a file, with a slash in it", printable(text, 80));
    }
    if (auto read = expected.read(text); !read) return std::unexpected(read.error());
    return expected;
}

bool Expected::Line::means(const RosterGuest& who) const {
    if (guest == who.name) return true;
    const auto uuid = Uuid::parse(guest);
    return uuid && *uuid == who.uuid;
}

const Expected::Line* Expected::line_of(const RosterGuest& guest) const {
    const auto found = std::ranges::find_if(lines_, [&](const Line& line) { return line.means(guest); });
    return found == lines_.end() ? nullptr : &*found;
}

}  // namespace virtscope::checks
