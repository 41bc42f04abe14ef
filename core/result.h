// Result<T>: a value or an Error, and a dropped one does not compile.
//
// Every function that can fail for a reason outside the program (a file, a socket, a guest, a
// user's argument) returns a Result. Exceptions are left to programmer errors at start-up.
//
//     Result<Ring> ring = Ring::open(path);
//     if (!ring) return std::unexpected(ring.error());
//
// To ignore a result on purpose, say so: `(void)guess.has_value();  // why it does not matter`.
#pragma once

#include <expected>
#include <string>
#include <string_view>
#include <utility>

#include <fmt/format.h>

namespace virtscope {

// What a caller may do about an error; the message says the rest.
enum class ErrorKind {
    absent,       // the thing is not there (any more)
    denied,       // it is there, we lack the right
    timeout,      // no answer within the deadline
    malformed,    // it is not what it should be: a file, a reply, an argument
    unsupported,  // a version or a feature this build or this host does not have
    busy,         // somebody else holds it
    system,       // the operating system refused, errno text in the message
};

// One line for a person: names the thing that is wrong and, where there is one, the fix.
struct Error {
    ErrorKind kind;
    std::string message;
};

template <class T = void>
class [[nodiscard]] Result : public std::expected<T, Error> {
public:
    using std::expected<T, Error>::expected;
};

// fail(ErrorKind::absent, "{}: no such ring", path)
template <class... Args>
std::unexpected<Error> fail(ErrorKind kind, fmt::format_string<Args...> format, Args&&... args) {
    return std::unexpected<Error>(Error{kind, fmt::format(format, std::forward<Args>(args)...)});
}

// fail_errno("open {}", path) after a system call: the kind follows from `code`, the text is appended.
std::unexpected<Error> fail_errno_text(int code, const std::string& what);

template <class... Args>
std::unexpected<Error> fail_errno(int code, fmt::format_string<Args...> format, Args&&... args) {
    return fail_errno_text(code, fmt::format(format, std::forward<Args>(args)...));
}

}  // namespace virtscope
