#include "fake_xenstore.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <filesystem>
#include <poll.h>
#include <pthread.h>
#include <stdexcept>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <utility>

#include <fmt/format.h>

#include "core/clock.h"

namespace virtscope::test {
namespace {

// xs_wire.h: a header of four words (type, request, transaction, length of what follows), in the machine's byte order.
enum Type : std::uint32_t { directory = 1, read = 2, watch = 4, unwatch = 5, watch_event = 15, error = 16, directory_part = 22 };
using Header = std::array<std::uint32_t, 4>;
constexpr std::size_t payload_max = 4096;
constexpr std::size_t queue_max = 1U << 20;  // bytes of events a client leaves unread

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

Header header_of(std::string_view bytes) {
    Header header{};
    std::memcpy(header.data(), bytes.data(), sizeof header);
    return header;
}

void add_message(std::string& out, Header header, std::string_view body) {
    header[3] = static_cast<std::uint32_t>(body.size());
    std::array<char, sizeof(Header)> bytes{};
    std::memcpy(bytes.data(), header.data(), sizeof header);
    out.append(bytes.data(), bytes.size());
    out += body;
}

void reply(std::string& out, std::string_view question, std::string_view body) { add_message(out, header_of(question), body); }

void refuse(std::string& out, std::string_view question, const char* why) {
    Header header = header_of(question);
    header[0] = error;
    add_message(out, header, std::string_view(why, std::strlen(why) + 1));
}

// "first\0second\0"
std::pair<std::string, std::string> two_strings(std::string_view body) {
    const std::size_t end = std::min(body.find('\0'), body.size());
    std::string_view second = body.substr(std::min(end + 1, body.size()));
    second = second.substr(0, second.find('\0'));
    return {std::string(body.substr(0, end)), std::string(second)};
}

std::string joined(const std::vector<std::string>& names) {
    std::string all;
    for (const std::string& name : names) {
        all += name;
        all += '\0';
    }
    return all;
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

void FakeXenstore::add_domain(const FakeDomain& domain) {
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
}

void FakeXenstore::remove_domain(const FakeDomain& domain) {
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

std::chrono::nanoseconds FakeXenstore::cpu() const {
    clockid_t clock{};
    auto& thread = const_cast<std::thread&>(thread_);  // NOLINT: native_handle() is not const
    if (::pthread_getcpuclockid(thread.native_handle(), &clock) != 0) return {};
    return std::chrono::nanoseconds(clock_ns(clock));
}

void FakeXenstore::serve() {
    while (!ending_) {
        int timeout = -1;
        {
            const std::lock_guard lock(mutex_);
            if (storm_rate_ != 0) timeout = 1;
        }
        turn(timeout);
    }
}

void FakeXenstore::turn(int timeout_ms) {
    std::vector<pollfd> watched{{bell_.get(), POLLIN, 0}};
    {
        const std::lock_guard lock(mutex_);
        watched.push_back({listener_.get(), POLLIN, 0});
        for (const auto& client : clients_) {
            const bool full = !client->out.empty() && !hanging_;
            watched.push_back({client->fd.get(), static_cast<short>(full ? POLLIN | POLLOUT : POLLIN), 0});
        }
    }
    if (::poll(watched.data(), watched.size(), timeout_ms) < 0) return;
    std::uint64_t rings = 0;
    if (watched[0].revents != 0) (void)!::read(bell_.get(), &rings, sizeof rings);
    const std::lock_guard lock(mutex_);
    if (storm_rate_ != 0) blow();
    for (std::size_t i = 0; i < clients_.size(); ++i) {
        Client& client = *clients_[i];
        if (watched[i + 2].revents != 0) receive(client);
        if (hanging_) continue;
        answer(client);
        send(client);
    }
    std::erase_if(clients_, [](const auto& client) { return client->closed; });
    // Only this thread closes what it polls.
    if (stopped_ || next_listener_) listener_ = std::move(next_listener_);
    if (listener_) accept();
}

void FakeXenstore::accept() {
    Fd fd(::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
    if (!fd) return;
    ++connections_;
    clients_.push_back(std::make_unique<Client>());
    clients_.back()->fd = std::move(fd);
}

void FakeXenstore::receive(Client& client) {
    std::array<char, 65536> chunk{};
    const ssize_t got = ::recv(client.fd.get(), chunk.data(), chunk.size(), 0);
    if (got > 0) client.in.append(chunk.data(), static_cast<std::size_t>(got));
    if (got == 0 || (got < 0 && errno != EAGAIN)) client.closed = true;
}

void FakeXenstore::answer(Client& client) {
    std::size_t taken = 0;
    while (client.in.size() - taken >= sizeof(Header)) {
        const std::string_view rest = std::string_view(client.in).substr(taken);
        const std::size_t length = header_of(rest)[3];
        if (length > payload_max) client.closed = true;
        if (rest.size() < sizeof(Header) + length || client.closed) break;
        ++requests_;
        carry_out(client, rest.substr(0, sizeof(Header)), rest.substr(sizeof(Header), length));
        taken += sizeof(Header) + length;
    }
    client.in.erase(0, taken);
}

void FakeXenstore::carry_out(Client& client, std::string_view header, std::string_view body) {
    const std::string path(body.substr(0, body.find('\0')));
    switch (header_of(header)[0]) {
        case directory: {
            const auto names = tree_.list(path);
            const std::string all = joined(names.value_or(std::vector<std::string>{}));
            if (!names) return refuse(client.out, header, "ENOENT");
            if (all.size() > payload_max) return refuse(client.out, header, "E2BIG");
            return reply(client.out, header, all);
        }
        case read: {
            ++reads_[path];
            const auto value = tree_.read(path);
            return value ? reply(client.out, header, *value) : refuse(client.out, header, "ENOENT");
        }
        case watch: return set_watch(client, header, body);
        case unwatch: return remove_watch(client, header, body);
        case directory_part: return list_part(client, header, body);
        default: return refuse(client.out, header, "ENOSYS");
    }
}

void FakeXenstore::set_watch(Client& client, std::string_view header, std::string_view body) {
    const auto [path, token] = two_strings(body);
    if (refusing_) return refuse(client.out, header, "EQUOTA");
    auto& tokens = client.watches[path];
    if (std::ranges::find(tokens, token) != tokens.end()) return refuse(client.out, header, "EEXIST");
    tokens.push_back(token);
    reply(client.out, header, std::string_view("OK", 3));
    add_event(client, path, token);
}

void FakeXenstore::remove_watch(Client& client, std::string_view header, std::string_view body) {
    const auto [path, token] = two_strings(body);
    const auto found = client.watches.find(path);
    if (found == client.watches.end() || std::erase(found->second, token) == 0) {
        return refuse(client.out, header, "ENOENT");
    }
    if (found->second.empty()) client.watches.erase(found);
    reply(client.out, header, std::string_view("OK", 3));
}

// A directory in pieces: its generation, then names from an offset on; a NUL more behind the last name.
void FakeXenstore::list_part(Client& client, std::string_view header, std::string_view body) {
    const auto [path, from] = two_strings(body);
    const auto names = tree_.list(path);
    if (!names) return refuse(client.out, header, "ENOENT");
    const std::string all = joined(*names) + '\0';
    const std::size_t offset = std::min<std::size_t>(std::strtoul(from.c_str(), nullptr, 10), all.size());
    std::string piece("1", 2);
    const std::size_t room = payload_max - piece.size();
    std::string names_here = all.substr(offset, room);
    // Whole names only.
    if (offset + names_here.size() < all.size()) names_here.resize(names_here.rfind('\0') + 1);
    reply(client.out, header, piece + names_here);
}

void FakeXenstore::fire(std::string_view path, bool removed) {
    for (const auto& client : clients_) fire(*client, path, removed);
}

void FakeXenstore::fire(Client& client, std::string_view path, bool removed) {
    for (std::size_t end = path.size(); end != 0 && end != std::string_view::npos; end = path.rfind('/', end - 1)) {
        const auto found = client.watches.find(std::string(path.substr(0, end)));
        if (found == client.watches.end()) continue;
        for (const std::string& token : found->second) add_event(client, path, token);
    }
    if (!removed) return;
    const std::string below = std::string(path) + '/';
    for (auto found = client.watches.lower_bound(below); found != client.watches.end(); ++found) {
        if (!found->first.starts_with(below)) break;
        for (const std::string& token : found->second) add_event(client, found->first, token);
    }
}

void FakeXenstore::add_event(Client& client, std::string_view path, std::string_view token) {
    std::string body(path);
    body += '\0';
    body += token;
    body += '\0';
    add_message(client.out, {watch_event, 0, 0, 0}, body);
    ++events_;
}

void FakeXenstore::blow() {
    const auto passed = static_cast<double>(clock_ns(CLOCK_MONOTONIC) - storm_began_) / 1e9;
    const auto due = static_cast<std::uint64_t>(passed * static_cast<double>(storm_rate_));
    for (; blown_ < due; ++blown_) {
        for (const auto& client : clients_) {
            if (client->out.size() < queue_max) fire(*client, storm_path_, false);
        }
    }
}

void FakeXenstore::send(Client& client) {
    std::size_t sent = 0;
    while (sent < client.out.size()) {
        const ssize_t now = ::send(client.fd.get(), client.out.data() + sent, client.out.size() - sent, MSG_NOSIGNAL);
        if (now <= 0) break;
        sent += static_cast<std::size_t>(now);
    }
    client.out.erase(0, sent);
}

void FakeXenstore::wake() const {
    const std::uint64_t ring = 1;
    (void)!::write(bell_.get(), &ring, sizeof ring);  // it is full only when it rings anyway
}

}  // namespace virtscope::test
