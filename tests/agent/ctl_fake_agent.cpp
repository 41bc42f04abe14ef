#include "tests/agent/ctl_fake_agent.h"

#include <algorithm>

#include <sys/socket.h>
#include <sys/un.h>

#include <doctest/doctest.h>

namespace virtscope::sample {

FakeAgent::FakeAgent(Answer answer) : path_(directory_.path() + "/control"), answer_(std::move(answer)) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    REQUIRE(path_.size() < sizeof address.sun_path);
    std::ranges::copy(path_, address.sun_path);
    listener_ = Fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    const auto* const plain = static_cast<const sockaddr*>(static_cast<const void*>(&address));
    REQUIRE(::bind(listener_.get(), plain, sizeof address) == 0);
    REQUIRE(::listen(listener_.get(), 4) == 0);
    thread_ = std::thread([this] { serve(); });
}

FakeAgent::~FakeAgent() {
    ::shutdown(listener_.get(), SHUT_RDWR);
    thread_.join();
}

void FakeAgent::serve() {
    for (;;) {
        const Fd client(::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC));
        if (!client) return;
        std::string line;
        for (char c = 0; ::recv(client.get(), &c, 1, 0) == 1 && c != '\n';) line += c;
        heard_.push_back(line);
        const std::string answer = answer_(line);
        (void)!::send(client.get(), answer.data(), answer.size(),
                      MSG_NOSIGNAL);  // a client that left is its own affair
    }
}

}  // namespace virtscope::sample
