#include "fake_xenstore.h"

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <stdexcept>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <fmt/format.h>

#include "core/clock.h"

namespace virtscope::test {
namespace {

// The process's socket, in a folder of its own that goes at the end.
class Place {
public:
    Place() {
        std::string folder = (std::filesystem::temp_directory_path() / "fake-xenstore-XXXXXX").string();
        if (::mkdtemp(folder.data()) == nullptr) throw std::runtime_error("no folder for a fake xenstored");
        folder_ = folder;
        socket_ = folder + "/socket";
        ::setenv("XENSTORED_PATH", socket_.c_str(), 1);
    }
    ~Place() { std::filesystem::remove_all(folder_); }
    Place(const Place&) = delete;
    Place& operator=(const Place&) = delete;
    const std::string& socket() const { return socket_; }

private:
    std::string folder_;
    std::string socket_;
};

const Place& place() {
    static const Place the_place;
    return the_place;
}

}  // namespace

FakeXenstore::FakeXenstore() : bell_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
    listener_ = listen();
    thread_ = std::thread([this] { serve(); });
}

FakeXenstore::~FakeXenstore() {
    ending_ = true;
    wake();
    thread_.join();
    std::filesystem::remove(place().socket());
}

Fd FakeXenstore::listen() {
    Fd listener(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::strncpy(address.sun_path, place().socket().c_str(), sizeof address.sun_path - 1);
    const auto* const generic = static_cast<const sockaddr*>(static_cast<const void*>(&address));
    if (::bind(listener.get(), generic, sizeof address) != 0 || ::listen(listener.get(), 8) != 0) {
        throw std::runtime_error("fake xenstored: " + place().socket() + ": " + std::strerror(errno));
    }
    return listener;
}

void FakeXenstore::write(const std::string& path, const std::string& value) {
    {
        const std::lock_guard lock(mutex_);
        tree_.write(path, value);
        fire(path, false);
    }
    wake();
}

void FakeXenstore::remove(const std::string& path) {
    {
        const std::lock_guard lock(mutex_);
        if (tree_.remove(path)) fire(path, true);
    }
    wake();
}

void FakeXenstore::add_domain(const StoredDomain& domain) {
    const std::string home = fmt::format("/local/domain/{}", domain.domid);
    const std::string uuid = domain.uuid.text();
    write(home + "/vm", "/vm/" + uuid);
    write(home + "/name", domain.name);
    for (unsigned i = 0; i < domain.disks; ++i) {
        const std::string disk = fmt::format("/local/domain/0/backend/vbd/{}/{}", domain.domid, 51712 + 16 * i);
        write(disk + "/frontend-id", std::to_string(domain.domid));
        write(disk + "/params", fmt::format("/dev/vg/{}-{}", domain.domid, i));
        write(disk + "/dev", fmt::format("xvd{}", static_cast<char>('a' + i % 26)));
        write(disk + "/state", "4");
        write(disk + "/sectors", "32768");
        write(disk + "/sector-size", "512");
    }
    for (unsigned i = 0; i < domain.networks; ++i) {
        const std::string network = fmt::format("/local/domain/0/backend/vif/{}/{}", domain.domid, i);
        write(network + "/frontend-id", std::to_string(domain.domid));
        write(network + "/bridge", "xenbr0");
        write(network + "/state", "4");
    }
    write("/vm/" + uuid + "/start_time", domain.start_time);
    write(home + "/memory/target", std::to_string(domain.target_kib));
    write(home + "/memory/static-max", std::to_string(domain.target_kib));
}

void FakeXenstore::remove_domain(const StoredDomain& domain) {
    for (const char* const kind : {"vbd", "qdisk", "vbd3", "vif"}) {
        remove(fmt::format("/local/domain/0/backend/{}/{}", kind, domain.domid));
    }
    remove(fmt::format("/local/domain/{}", domain.domid));
    remove("/vm/" + domain.uuid.text());
}

void FakeXenstore::load(std::string_view listing) {
    while (!listing.empty()) {
        const std::string_view line = listing.substr(0, listing.find('\n'));
        listing.remove_prefix(std::min(line.size() + 1, listing.size()));
        const std::size_t sign = line.find(" = \"");
        const std::size_t end = line.rfind('"');
        if (sign == std::string_view::npos || end < sign + 4) continue;
        write(std::string(line.substr(0, sign)), std::string(line.substr(sign + 4, end - sign - 4)));
    }
}

void FakeXenstore::hang(bool hanging) {
    {
        const std::lock_guard lock(mutex_);
        hanging_ = hanging;
    }
    wake();
}

void FakeXenstore::refuse_watches(bool refusing) {
    const std::lock_guard lock(mutex_);
    refusing_ = refusing;
}

void FakeXenstore::drop() {
    const std::lock_guard lock(mutex_);
    for (const auto& client : clients_) ::shutdown(client->fd.get(), SHUT_RDWR);
}

void FakeXenstore::drop_after(std::uint64_t questions) {
    const std::lock_guard lock(mutex_);
    drop_after_ = questions;
}

void FakeXenstore::say(std::string_view bytes) {
    {
        const std::lock_guard lock(mutex_);
        for (const auto& client : clients_) client->out += bytes;
    }
    wake();
}

void FakeXenstore::stop() {
    {
        const std::lock_guard lock(mutex_);
        stopped_ = true;
        std::filesystem::remove(place().socket());
    }
    drop();
    wake();
}

void FakeXenstore::start() {
    {
        const std::lock_guard lock(mutex_);
        next_listener_ = listen();
        stopped_ = false;
    }
    wake();
}

void FakeXenstore::storm(const std::string& path, std::uint64_t per_second) {
    {
        const std::lock_guard lock(mutex_);
        storm_path_ = path;
        storm_rate_ = per_second;
        storm_began_ = clock_ns(CLOCK_MONOTONIC);
        blown_ = 0;
    }
    wake();
}

std::uint64_t FakeXenstore::reads(const std::string& path) const {
    const std::lock_guard lock(mutex_);
    const auto found = reads_.find(path);
    return found != reads_.end() ? found->second : 0;
}

std::size_t FakeXenstore::watches() const {
    const std::lock_guard lock(mutex_);
    std::size_t all = 0;
    for (const auto& client : clients_) {
        for (const auto& [path, tokens] : client->watches) all += tokens.size();
    }
    return all;
}

}  // namespace virtscope::test
