// An agent that says what a test wants said, at a socket of its own.
#pragma once

#include <functional>
#include <string>
#include <thread>
#include <vector>

#include "core/fd.h"
#include "tests/core/sample.h"

namespace virtscope::sample {

class FakeAgent {
public:
    // For each connection, one after another: the order's line to what is answered; empty: closes without a word.
    using Answer = std::function<std::string(const std::string& line)>;
    explicit FakeAgent(Answer answer);
    ~FakeAgent();
    const std::string& path() const { return path_; }
    // To be read when no order is under way.
    const std::vector<std::string>& heard() const { return heard_; }

private:
    void serve();
    Directory directory_;
    std::string path_;
    Answer answer_;
    std::vector<std::string> heard_;
    Fd listener_;
    std::thread thread_;
};

}  // namespace virtscope::sample
