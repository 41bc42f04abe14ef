// Daemon: rrdcached's text protocol over its unix socket. librrd's own client has a round trip for each update; this
// one sends a tick's thousands in one BATCH.
#pragma once

#include <chrono>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/fd.h"
#include "core/result.h"

namespace virtscope::exporters::rrd {

inline constexpr std::size_t longest_command = 4096;  // bytes, line end included: rrdcached's limit

struct Reply {
    int code = 0;         // negative: refused; else how many lines follow
    std::string message;  // behind it
    std::vector<std::string> lines;
};

class Daemon {
public:
    // Errors: malformed, with what an address looks like.
    static Result<Daemon> at(const std::string& address);

    // One command, without its line end. Connects if it is not. Errors: absent, denied, timeout, system: the connection
    // is gone then; malformed: the answer is none.
    Result<Reply> ask(const std::string& command);
    // Whole lines of commands that are carried out together. Answers lines "N message" for those that failed, where N
    // is the number of the command from 1. Errors: as ask().
    Result<std::vector<std::string>> batch(std::string_view commands);

    // Where an answer was not in the form that the protocol has: what is still to come of it must not be taken for the
    // next one. The next command connects anew.
    void disconnect();

    // Of a path in a command.
    static std::string quoted(const std::string& path);

private:
    explicit Daemon(std::string path) : path_(std::move(path)) {}
    Result<> connect();
    Result<> send(std::string_view text);
    Result<std::string> line();
    Result<Reply> reply();
    Error lost(Error error);

    std::string path_;
    Fd socket_;
    std::string received_;
    std::size_t taken_ = 0;  // of it
};

}  // namespace virtscope::exporters::rrd
