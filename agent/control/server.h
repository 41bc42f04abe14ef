// Server: the control socket. A thread accepts, and each connection has a thread for its one order; none is the tick's.
#pragma once

#include <list>
#include <memory>
#include <string>
#include <thread>

#include "agent/control/desk.h"
#include "core/fd.h"

namespace virtscope::control {

class Server {
public:
    // Mode 0660 and group `group` if there is one, else 0600. A socket nobody listens at is replaced.
    // `desk` is the caller's and outlives the server. Errors: busy (another agent listens there), the system.
    static Result<std::unique_ptr<Server>> open(const std::string& path, std::optional<gid_t> group, Desk& desk);

    // Accepts no more, waits for the orders under way, removes the socket.
    ~Server();
    Server(const Server&) = delete;
    Server& operator=(const Server&) = delete;

private:
    struct Connection;
    Server(std::string path, Fd listener, Fd stop, Desk& desk);
    void accept_all();
    void accept_one();
    void drop_ended();

    std::string path_;
    Fd listener_;
    Fd stop_;  // an eventfd; readable: stop
    Desk& desk_;
    std::list<std::unique_ptr<Connection>> connections_;  // the accepting thread's
    std::thread thread_;
};

}  // namespace virtscope::control
