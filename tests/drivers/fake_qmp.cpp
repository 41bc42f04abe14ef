#include "fake_qmp.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <poll.h>
#include <stdexcept>
#include <sys/socket.h>
#include <sys/un.h>

#include <fmt/format.h>

namespace virtscope::test {
namespace {

constexpr int patience_ms = 2;
constexpr const char* greeting = R"({"QMP": {"version": {"qemu": {"micro": 3, "minor": 2, "major": 7}}, "capabilities": []}})";

std::string field(const std::string& line, const std::string& key) {
    const std::size_t at = line.find("\"" + key + "\":");
    if (at == std::string::npos) return {};
    std::size_t from = at + key.size() + 3;
    if (line[from] == '"') ++from;
    return line.substr(from, line.find_first_of("\",}", from) - from);
}

bool readable(int fd) {
    pollfd watched{fd, POLLIN, 0};
    return ::poll(&watched, 1, patience_ms) > 0;
}

}  // namespace

FakeQmp::FakeQmp(const std::string& path) : listener_(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::strncpy(address.sun_path, path.c_str(), sizeof address.sun_path - 1);
    const auto* generic = static_cast<const sockaddr*>(static_cast<const void*>(&address));
    if (::bind(listener_.get(), generic, sizeof address) != 0 || ::listen(listener_.get(), 1) != 0) {
        throw std::runtime_error("fake monitor: " + path);
    }
    script("qmp_capabilities", "{}");
    script("query-status", R"({"status": "running", "running": true})");
    script("query-blockstats",
           R"([{"device": "", "qdev": "/machine/peripheral/vda/virtio-backend", "node-name": "d0",
               "stats": {"rd_operations": 5, "rd_bytes": 2560, "failed_rd_operations": 0}}])");
    script("query-cpus-fast", "[]");
    script("query-iothreads", "[]");
    script("query-block", R"([{"device": "", "qdev": "/machine/peripheral/vda/virtio-backend",
               "inserted": {"file": "/images/vda.raw", "image": {"virtual-size": 1048576, "actual-size": 4096}}}])");
    script("query-balloon", R"({"actual": 8388608})");
    thread_ = std::thread([this] { serve(); });
}

FakeQmp::~FakeQmp() {
    stop_ = true;
    thread_.join();
}

void FakeQmp::script(const std::string& command, const std::string& json) {
    const std::lock_guard lock(mutex_);
    script_[command] = json;
}

int FakeQmp::asked(const std::string& command) const {
    const std::lock_guard lock(mutex_);
    const auto found = asked_.find(command);
    return found != asked_.end() ? found->second : 0;
}

void FakeQmp::send_event(const std::string& name) {
    const std::lock_guard lock(mutex_);
    pending_events_ += fmt::format(R"({{"event": "{}", "timestamp": {{"seconds": 1, "microseconds": 1}}}})", name) + "\r\n";
}

void FakeQmp::serve() {
    while (!stop_) {
        if (!readable(listener_.get())) continue;
        const Fd client(::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC));
        if (!client) continue;
        ++connections_;
        converse(client.get());
    }
}

void FakeQmp::converse(int client) {
    while (mode == Mode::silent && !stop_) {
        char byte = 0;
        if (readable(client) && ::recv(client, &byte, 1, MSG_PEEK) <= 0) return;
    }
    if (!put(client, mode == Mode::other ? "{\"hello\": 1}\r\n" : std::string(greeting) + "\r\n")) return;
    std::string waiting;
    while (!stop_) {
        std::string events;
        {
            const std::lock_guard lock(mutex_);
            events.swap(pending_events_);
        }
        if (!events.empty() && !put(client, events)) return;
        if (readable(client)) {
            char chunk[4096];
            const ssize_t got = ::recv(client, chunk, sizeof chunk, 0);
            if (got <= 0) return;
            waiting.append(chunk, static_cast<std::size_t>(got));
            const std::size_t first = waiting.find('\n');
            if (first != std::string::npos && waiting.find('\n', first + 1) != std::string::npos) overlapped_ = true;
        }
        const std::size_t end = waiting.find('\n');
        if (end == std::string::npos || mode == Mode::hanging) continue;
        const std::string line = waiting.substr(0, end);
        waiting.erase(0, end + 1);
        if (!answer(client, line)) return;
    }
}

bool FakeQmp::answer(int client, const std::string& line) {
    const std::string command = field(line, "execute");
    const std::string id = field(line, "id");
    std::string reply = fmt::format(R"({{"error": {{"class": "CommandNotFound", "desc": "no"}}, "id": {}}})", id);
    {
        const std::lock_guard lock(mutex_);
        ++asked_[command];
        const auto found = script_.find(command);
        if (found != script_.end()) reply = fmt::format(R"({{"return": {}, "id": {}}})", found->second, id);
    }
    const std::string event = "{\"event\": \"RTC_CHANGE\"}\r\n";
    const bool about_blocks = command == "query-blockstats";
    if (mode == Mode::merged) return put(client, event + reply + "\r\n" + event);
    if (mode == Mode::wrong_ids) {
        return put(client, "{\"return\": [], \"id\": 99999}\r\n{\"return\": []}\r\n" + reply + "\r\n");
    }
    if (mode == Mode::garbage && about_blocks) return put(client, "\x01\x02 <html>\r\n");
    if (mode == Mode::oversize && about_blocks) {
        bool open = put(client, "{\"return\": \"");
        for (int i = 0; i < 96 && open && !stop_; ++i) open = put(client, std::string(65536, 'x'));
        return open;
    }
    if (mode == Mode::flooding && about_blocks) {
        while (!stop_ && put(client, event)) {
        }
        return false;
    }
    return put(client, reply + "\r\n");
}

bool FakeQmp::put(int client, const std::string& text) {
    const std::size_t step = mode == Mode::bytewise ? 1 : text.size();
    for (std::size_t at = 0; at < text.size();) {
        const ssize_t sent =
            ::send(client, text.data() + at, std::min(step, text.size() - at), MSG_NOSIGNAL | MSG_DONTWAIT);
        if (sent > 0) at += static_cast<std::size_t>(sent);
        if (sent > 0) continue;
        if (errno != EAGAIN || stop_) return false;
        pollfd full{client, POLLOUT, 0};
        ::poll(&full, 1, patience_ms);
    }
    return true;
}

}  // namespace virtscope::test
