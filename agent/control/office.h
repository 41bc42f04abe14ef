// Office: everything behind the control socket, put together, with what the tick loop has to do with it.
#pragma once

#include <memory>
#include <string>

#include "agent/control/server.h"

namespace virtscope::control {

class Office {
public:
    // Settles the journal first: orders an earlier agent left unfinished are logged and become events.
    // Errors: the socket cannot be made.
    static Result<std::unique_ptr<Office>> open(const std::string& socket, const std::string& journal,
                                                const std::string& group);

    // From the tick loop; neither waits for an order.
    std::vector<Event> take_events() { return rooms_->events.take(); }
    Directory& directory() { return rooms_->directory; }

private:
    // What an order needs; kept alive by those under way, also when the office has closed.
    struct Rooms {
        Rooms(const std::string& journal_path, const std::string& group) : authority(group), journal(journal_path) {}
        Directory directory;
        Authority authority;
        Journal journal;
        OrderEvents events;
        Desk desk{directory, authority, journal, events};
    };

    Office(const std::string& journal, const std::string& group) : rooms_(std::make_shared<Rooms>(journal, group)) {}
    void settle();

    std::shared_ptr<Rooms> rooms_;
    std::unique_ptr<Server> server_;
};

}  // namespace virtscope::control
