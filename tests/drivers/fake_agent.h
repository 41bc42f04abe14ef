// Liar: the agent inside a guest, as a script has it: honest or not.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <thread>
#include <utility>

#include <sys/socket.h>
#include <doctest/doctest.h>

#include "core/fd.h"

namespace virtscope::test {

// The guest's end: reads lines and writes whatever the script says, until the other end closes.
class Liar {
public:
    // From a request's line to the bytes of the answer.
    using Script = std::function<std::string(const std::string&)>;

    explicit Liar(Script script) : script_(std::move(script)) {
        int ends[2];
        REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) == 0);
        ours_ = Fd(ends[0]);
        theirs_ = Fd(ends[1]);
        thread_ = std::thread([this] { serve(); });
    }
    ~Liar() {
        ::shutdown(theirs_.get(), SHUT_RDWR);
        thread_.join();
    }
    Fd take() { return std::move(ours_); }
    bool write(std::string_view bytes) const {
        return ::send(theirs_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(bytes.size());
    }
    void hang_up() const { ::shutdown(theirs_.get(), SHUT_RDWR); }
    std::string asked;  // read it only after the conversation

private:
    void serve() {
        std::string pending;
        char piece[4096];
        for (;;) {
            const ssize_t size = ::recv(theirs_.get(), piece, sizeof piece, 0);
            if (size <= 0) return;
            pending.append(piece, static_cast<std::size_t>(size));
            for (std::size_t end = pending.find('\n'); end != std::string::npos; end = pending.find('\n')) {
                const std::string line = pending.substr(0, end);
                pending.erase(0, end + 1);
                asked += line + '\n';
                if (const std::string answer = script_(line); !answer.empty()) (void)write(answer);
            }
        }
    }

    Script script_;
    Fd ours_;
    Fd theirs_;
    std::thread thread_;
};

inline std::string sync_answer(const std::string& line) {
    const std::size_t at = line.find("\"id\":");
    return "\xff{\"return\": " + line.substr(at + 5, line.find('}', at) - at - 5) + "}\n";
}

inline bool is_sync(const std::string& line) { return line.find("guest-sync-delimited") != std::string::npos; }

// Syncs properly, answers everything else with the same bytes.
inline Liar::Script always(std::string answer) {
    return [answer = std::move(answer)](const std::string& line) { return is_sync(line) ? sync_answer(line) : answer; };
}

}  // namespace virtscope::test
