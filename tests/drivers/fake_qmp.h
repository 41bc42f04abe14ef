// FakeQmp: a monitor with a script, behind a real socket, in a thread of its own.
#pragma once

#include <atomic>
#include <map>
#include <mutex>
#include <string>
#include <thread>

#include "core/fd.h"

namespace virtscope::test {

enum class Mode {
    proper,
    silent,      // accepts, never greets: as while another client holds the monitor
    hanging,     // takes questions, answers none until the mode changes
    bytewise,    // every byte in a write of its own
    merged,      // an event before and one behind each reply, in one write
    wrong_ids,   // before each reply one with an id that was never used, and one without
    garbage,     // answers block questions with something that is no JSON
    oversize,    // answers block questions with a message that never ends
    flooding,    // sends events without end once it was asked for block counters
    other,       // greets in a way that is not QMP
};

class FakeQmp {
public:
    explicit FakeQmp(const std::string& path);
    ~FakeQmp();

    std::atomic<Mode> mode{Mode::proper};
    // JSON of "return" by command; what is not here is refused as an unknown command.
    void script(const std::string& command, const std::string& json);
    int asked(const std::string& command) const;
    int connections() const { return connections_; }
    bool overlapped() const { return overlapped_; }  // a question came while one was open
    void send_event(const std::string& name);

private:
    void serve();
    void converse(int client);
    bool answer(int client, const std::string& line);
    bool put(int client, const std::string& text);

    Fd listener_;
    std::atomic<bool> stop_{false};
    std::atomic<int> connections_{0};
    std::atomic<bool> overlapped_{false};
    mutable std::mutex mutex_;
    std::map<std::string, std::string> script_;
    std::map<std::string, int> asked_;
    std::string pending_events_;
    std::thread thread_;
};

}  // namespace virtscope::test
