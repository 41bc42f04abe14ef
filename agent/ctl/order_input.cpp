#include "agent/ctl/order_input.h"

#include <cerrno>
#include <filesystem>

#include <fcntl.h>
#include <unistd.h>

#include "core/fd.h"
#include "core/text.h"

namespace virtscope {
namespace {

Result<std::string> read_all(int fd, const std::string& shown) {
    std::string text;
    for (char chunk[16384];;) {
        const ssize_t count = ::read(fd, chunk, sizeof chunk);
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) return fail_errno(errno, "read {}", shown);
        if (count == 0) break;
        text.append(chunk, static_cast<std::size_t>(count));
        if (text.size() > longest_xml) {
            return fail(ErrorKind::malformed, "{}: longer than {}: is that domain XML?", shown,
                        human_bytes(longest_xml));
        }
    }
    if (text.empty()) return fail(ErrorKind::malformed, "{}: empty", shown);
    return text;
}

bool same_text(const control::Wish& a, const control::Wish& b) { return a.order.text == b.order.text; }

bool same_words(const control::Wish& a, const control::Wish& b) {
    return a.guest == b.guest && a.driver == b.driver && a.order.mode == b.order.mode &&
           a.order.device == b.order.device && a.order.path == b.order.path && a.order.name == b.order.name;
}

}  // namespace

Result<std::string> read_xml(const std::string& path) {
    if (path == "-") return read_all(STDIN_FILENO, "standard input");
    const std::string shown = printable(path);
    const Fd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY));
    if (!fd) return fail_errno(errno, "open {}", shown);
    return read_all(fd.get(), shown);
}

Result<std::string> absolute_path(const std::string& path) {
    namespace fs = std::filesystem;
    const fs::path given(path);
    if (!given.has_filename() || given.filename() == "." || given.filename() == "..") {
        return fail(ErrorKind::malformed, "'{}' names no file", printable(path));
    }
    std::error_code error;
    const fs::path folder = fs::canonical(given.has_parent_path() ? given.parent_path() : fs::path("."), error);
    if (error) return fail_errno(error.value(), "folder of {}", printable(path));
    return (folder / given.filename()).string();
}

Result<void> check_sendable(const control::Wish& wish) {
    const auto back = control::parse_wish(control::wish_line(wish));
    if (!back) return fail(ErrorKind::malformed, "{}", back.error().message);
    if (!same_text(*back, wish)) return fail(ErrorKind::malformed, "the XML is not UTF-8: convert it, as by iconv");
    if (!same_words(*back, wish)) return fail(ErrorKind::malformed, "a name or path on the command line is not UTF-8");
    return {};
}

}  // namespace virtscope
