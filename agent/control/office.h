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
    std::vector<Event> take_events() { return events_.take(); }
    Directory& directory() { return directory_; }

private:
    Office(const std::string& journal, const std::string& group) : authority_(group), journal_(journal) {}
    void settle();

    Directory directory_;
    Authority authority_;
    Journal journal_;
    OrderEvents events_;
    Desk desk_{directory_, authority_, journal_, events_};
    std::unique_ptr<Server> server_;  // last: it goes first
};

}  // namespace virtscope::control
