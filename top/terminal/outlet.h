// Outlet: bytes on their way to the terminal (and from it). Never waits for one that does not read, but at the very end
// for a moment.
//
// The terminal's description is shared with other programs (the shell), so it is non-blocking only while we write
// or read.
#pragma once

#include <chrono>
#include <span>
#include <string>
#include <string_view>

namespace virtscope::top {

class Outlet {
public:
    explicit Outlet(int fd) : fd_(fd) {}

    int fd() const { return fd_; }
    bool is_empty() const { return at_ == bytes_.size(); }
    void put(std::string_view bytes);
    // Writes as much as the terminal takes now. False: it is gone.
    bool pump();
    // Instead of what has not been written; waits at most so long.
    void finish(std::string_view bytes, std::chrono::milliseconds most);

private:
    int fd_;
    std::string bytes_;
    std::size_t at_ = 0;
};

// Async-signal-safe: writes what the terminal takes, waiting at most so long in all.
struct Written {
    std::size_t bytes = 0;
    bool is_gone = false;  // the terminal
};
Written write_without_waiting(int fd, std::string_view bytes, std::chrono::milliseconds most) noexcept;

// What was typed; nothing if it has gone elsewhere since poll(2) said that there was something: to the shell, while we
// were stopped.
struct Typed {
    std::string_view bytes{};  // within the buffer
    bool is_gone = false;      // the terminal
};
Typed read_without_waiting(int fd, std::span<char> buffer) noexcept;

}  // namespace virtscope::top
