#include "agent/control/journal.h"

#include <array>
#include <cerrno>
#include <chrono>
#include <map>
#include <sstream>

#include <fcntl.h>
#include <nlohmann/json.hpp>
#include <sys/stat.h>
#include <unistd.h>

namespace virtscope::control {
namespace {

using Json = nlohmann::json;
constexpr std::uint64_t rotate_at = 1U << 20;

std::int64_t now() {
    return std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::system_clock::now().time_since_epoch()).count();
}

// Guests' names may be no UTF-8: those bytes are replaced rather than the line refused.
std::string line_of(const Json& json) { return json.dump(-1, ' ', true, Json::error_handler_t::replace) + "\n"; }

std::string text_at(const Json& json, const char* key) {
    const auto found = json.find(key);
    return found != json.end() && found->is_string() ? found->get<std::string>() : std::string();
}

// A journal beside a ring in a folder like /tmp may be another's, or a pipe that nobody writes: not ours to take up.
Result<> check_own_file(int fd, const std::string& path) {
    struct stat is{};
    if (::fstat(fd, &is) != 0) return fail_errno(errno, "journal {}", path);
    if (S_ISREG(is.st_mode) && (is.st_uid == 0 || is.st_uid == ::geteuid())) return {};
    return fail(ErrorKind::denied, "journal {}: is no file of root's or of who runs the agent; remove it", path);
}

// A new file's name is to outlive a power loss as its lines do.
Result<> sync_folder_of(const std::string& path) {
    const auto slash = path.rfind('/');
    const std::string folder = slash == std::string::npos ? "." : path.substr(0, slash + 1);
    const Fd opened(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!opened || ::fsync(opened.get()) != 0) return fail_errno(errno, "journal {}: cannot sync its folder", path);
    return {};
}

std::string text_of(const std::string& path) {
    const Fd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
    if (!file || !check_own_file(file.get(), path)) return {};
    std::string text;
    std::array<char, 65536> piece{};
    for (ssize_t got = 0; (got = ::read(file.get(), piece.data(), piece.size())) > 0;) {
        text.append(piece.data(), static_cast<std::size_t>(got));
    }
    return text;
}

void read_lines(const std::string& path, std::map<std::string, Unfinished>& open) {
    std::istringstream file(text_of(path));
    for (std::string line; std::getline(file, line);) {
        const Json json = Json::parse(line, nullptr, false);
        if (!json.is_object()) continue;  // torn
        const std::string id = text_at(json, "id");
        if (json.contains("outcome")) {
            open.erase(id);
        } else if (!id.empty()) {
            open[id] = {id, text_at(json, "verb"), Uuid::parse(text_at(json, "guest")).value_or(Uuid{}),
                        text_at(json, "name"), text_at(json, "user")};
        }
    }
}

std::string outcome_line(const std::string& id, Outcome outcome, const std::string& error) {
    return line_of({{"id", id}, {"time", now()}, {"outcome", outcome_name(outcome)}, {"error", error}});
}

// All but the XML: it may be long, and may hold passwords.
Json intent_of(const Order& order, const Peer& peer) {
    Json json{{"time", now()}, {"verb", verb_name(order.verb)}, {"uid", peer.uid}, {"pid", peer.pid}, {"user", peer.user},
              {"guest", order.target.uuid.text()}, {"name", order.target.name}, {"generation", order.target.generation}};
    if (!order.mode.empty()) json["mode"] = order.mode;
    if (!order.device.empty()) json["device"] = order.device;
    if (!order.path.empty()) json["path"] = order.path;
    if (!order.name.empty()) json["new_name"] = order.name;
    if (order.bytes != 0) json["bytes"] = order.bytes;
    if (order.count != 0) json["count"] = order.count;
    if (order.disable) json["disable"] = true;
    if (order.paused) json["paused"] = true;
    if (order.force) json["force"] = true;
    if (order.dry_run) json["dry_run"] = true;
    return json;
}

}  // namespace

Journal::Journal(std::string path) : path_(std::move(path)), started_(now()) {}

std::vector<Unfinished> Journal::settle() {
    const std::scoped_lock lock(mutex_);
    std::map<std::string, Unfinished> open;
    read_lines(path_ + ".1", open);
    read_lines(path_, open);
    std::vector<Unfinished> unfinished;
    for (auto& [id, order] : open) {
        // Not written: the next start says so again, which is harmless.
        (void)append(outcome_line(id, Outcome::unknown, "the agent went away in the middle")).has_value();
        unfinished.push_back(std::move(order));
    }
    return unfinished;
}

Result<> Journal::open() {
    if (file_) return {};
    constexpr int flags = O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK;
    Fd file(::open(path_.c_str(), flags, 0640));
    if (!file) return fail_errno(errno, "journal {}: cannot open", path_);
    if (auto ours = check_own_file(file.get(), path_); !ours) return ours;
    struct stat is{};
    if (::fstat(file.get(), &is) != 0) return fail_errno(errno, "journal {}", path_);
    size_ = static_cast<std::uint64_t>(is.st_size);
    char last = '\n';
    if (size_ > 0 && ::pread(file.get(), &last, 1, is.st_size - 1) != 1) return fail_errno(errno, "journal {}", path_);
    torn_ = last != '\n';
    if (auto kept = sync_folder_of(path_); !kept) return kept;
    file_ = std::move(file);
    return {};
}

// Never with an order under way: both its lines are then in the same file or the one before.
void Journal::rotate() {
    if (size_ < rotate_at || under_way_ != 0) return;
    if (::rename(path_.c_str(), (path_ + ".1").c_str()) == 0) file_ = Fd();
}

Result<> Journal::append(const std::string& line) {
    auto opened = open();
    if (!opened) return opened;
    const std::string bytes = torn_ ? "\n" + line : line;
    const ssize_t wrote = ::write(file_.get(), bytes.data(), bytes.size());
    if (wrote > 0) size_ += static_cast<std::uint64_t>(wrote);
    if (wrote != static_cast<ssize_t>(bytes.size())) {
        torn_ = torn_ || wrote > 0;
        return fail_errno(wrote < 0 ? errno : ENOSPC, "journal {}: cannot write", path_);
    }
    torn_ = false;
    if (::fsync(file_.get()) != 0) return fail_errno(errno, "journal {}: cannot write", path_);
    return {};
}

Result<std::string> Journal::intend(const Order& order, const Peer& peer) {
    const std::scoped_lock lock(mutex_);
    rotate();
    std::string id = fmt::format("{:020}-{}", started_, ++orders_);
    Json json = intent_of(order, peer);
    json["id"] = id;
    const auto written = append(line_of(json));
    if (!written) return std::unexpected(written.error());
    ++under_way_;
    return id;
}

Result<> Journal::finish(const std::string& id, Outcome outcome, const std::string& error) {
    const std::scoped_lock lock(mutex_);
    if (under_way_ > 0) --under_way_;
    return append(outcome_line(id, outcome, error));
}

}  // namespace virtscope::control
