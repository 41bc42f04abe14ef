#include "top/options/init_file.h"

#include <algorithm>
#include <cerrno>
#include <optional>

#include <fcntl.h>
#include <sys/stat.h>

#include "core/fd.h"
#include "core/text.h"

namespace virtscope::top {
namespace {

constexpr std::size_t largest = 65'536;
constexpr std::string_view blanks = " \t\r";

std::string_view trim(std::string_view text) {
    const std::size_t first = text.find_first_not_of(blanks);
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

std::string_view without_comment(std::string_view line) {
    for (std::size_t at = 0; (at = line.find('#', at)) != std::string_view::npos; ++at) {
        if (at == 0 || blanks.contains(line[at - 1])) return line.substr(0, at);
    }
    return line;
}

Result<std::string> read_whole(int fd, const std::string& name) {
    std::string text(largest + 1, '\0');
    std::size_t had = 0;
    while (had < text.size()) {
        const ssize_t got = ::read(fd, text.data() + had, text.size() - had);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return fail_errno(errno, "read {}", name);
        if (got == 0) break;
        had += static_cast<std::size_t>(got);
    }
    text.resize(had);
    return text;
}

// Null: it is text. Otherwise the line in which it is not.
std::optional<std::size_t> line_that_is_no_text(std::string_view text) {
    std::size_t number = 1;
    for (const char c : text) {
        const auto code = static_cast<unsigned char>(c);
        if (c == '\n') ++number;
        if ((code < 0x20 && c != '\n' && c != '\t' && c != '\r') || code == 0x7f) return number;
    }
    return std::nullopt;
}

}  // namespace

Result<std::string> read_init_text(const std::string& path) {
    const std::string name = printable(path);
    // Without waiting: somebody may have put a pipe there.
    const Fd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
    if (!fd) return fail_errno(errno, "init file {}", name);
    struct stat about {};
    if (::fstat(fd.get(), &about) != 0) return fail_errno(errno, "init file {}", name);
    if (!S_ISREG(about.st_mode)) return fail(ErrorKind::malformed, "init file {}: is no regular file", name);
    auto text = read_whole(fd.get(), name);
    if (!text) return text;
    if (text->size() > largest) return fail(ErrorKind::malformed, "init file {}: is larger than 64 KiB", name);
    if (const auto line = line_that_is_no_text(*text)) {
        return fail(ErrorKind::malformed, "init file {}:{}: holds bytes that are no text", name, *line);
    }
    return text;
}

InitLine init_line(std::string_view line) {
    line = trim(without_comment(line));
    const std::size_t end = std::min(line.find_first_of(" \t="), line.size());
    std::string_view value = trim(line.substr(end));
    if (value.starts_with('=')) value = trim(value.substr(1));
    return {0, std::string(line.substr(0, end)), std::string(value)};
}

std::vector<InitLine> init_lines(std::string_view text) {
    std::vector<InitLine> lines;
    for (std::size_t number = 1; !text.empty(); ++number) {
        const std::size_t end = std::min(text.find('\n'), text.size());
        InitLine line = init_line(text.substr(0, end));
        line.number = number;
        if (!line.keyword.empty() || !line.value.empty()) lines.push_back(std::move(line));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return lines;
}

std::string default_init_path(const char* home) {
    return home == nullptr || *home == '\0' ? std::string() : std::string(home) + "/.virt-toprc";
}

}  // namespace virtscope::top
