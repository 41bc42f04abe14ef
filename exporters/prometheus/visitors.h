// Visitors: who is connected, and until when. The HTTP library ends connections that are silent; one that sends or
// takes a byte now and then would keep its place for ever. Here each has a time by which it must have got its answer.
//
// Thread-safe: the library's thread comes and goes, another one looks for those whose time is over.
#pragma once

#include <chrono>
#include <cstddef>
#include <list>
#include <mutex>

namespace virtscope::exporters {

struct Patience {
    std::chrono::nanoseconds request =
        std::chrono::seconds(30);                              // from coming, or from asking, to the answer's last byte
    std::chrono::nanoseconds idle = std::chrono::seconds(90);  // between two requests of one connection
    std::chrono::nanoseconds crowded =
        std::chrono::seconds(2);  // instead of both for who has not asked, if many are there
};

class Visitors {
public:
    using Time = std::chrono::steady_clock::time_point;
    struct Visitor;

    // `crowd`: how many are many.
    Visitors(Patience patience, std::size_t crowd) : patience_(patience), crowd_(crowd) {}

    // `fd` stays the caller's, who must not close it before leaves().
    Visitor* comes(int fd, Time now);
    void asks(Visitor* visitor, Time now);
    void is_answered(Visitor* visitor, Time now);
    void leaves(Visitor* visitor);

    // Shuts down the sockets of those whose time is over, so that the library ends them; how many.
    std::size_t show_out(Time now);
    std::size_t count() const;

    struct Visitor {
        enum class State { new_here, asking, idle };
        int fd = -1;
        State state = State::new_here;
        Time since;  // of that state
        std::list<Visitor>::iterator place;
    };

private:
    std::chrono::nanoseconds patience_with(const Visitor& visitor) const;

    const Patience patience_;
    const std::size_t crowd_;
    mutable std::mutex mutex_;
    std::list<Visitor> visitors_;
};

}  // namespace virtscope::exporters
