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
    // `desk` lives, with all it refers to, as long as an order is at it, be that longer than the server.
    // Errors: busy (another agent listens there), the system.
    static Result<std::unique_ptr<Server>> open(const std::string& path, std::optional<gid_t> group,
                                                std::shared_ptr<Desk> desk);

    // Accepts no more, waits up to 3 s for the orders under way, removes the socket. An order that has not ended goes on
    // by itself; if the process ends before it does, the next agent finds it in the journal as unknown.
    ~Server();
    Server(const Server&) = delete;
    Server& operator=(const Server&) = delete;

private:
    struct Connection;
    struct Line {
        std::shared_ptr<Connection> connection;
        std::thread thread;
    };
    Server(std::string path, Fd listener, Fd stop, std::shared_ptr<Desk> desk);
    void accept_all();
    void accept_one();
    void drop_ended();
    void leave_unended();

    std::string path_;
    Fd listener_;
    std::shared_ptr<const Fd> stop_;  // an eventfd; readable: stop
    std::shared_ptr<Desk> desk_;
    std::list<Line> lines_;  // the accepting thread's
    std::thread thread_;
};

}  // namespace virtscope::control
