// A million names on the whole way: from a roster through the layouts into rrdcached's protocol, whose other side is
// written from its description and takes no nonsense.
#include <doctest/doctest.h>

#include <algorithm>
#include <optional>
#include <set>
#include <thread>

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "core/fd.h"
#include "core/write_all.h"
#include "exporters/rrd/daemon.h"
#include "exporters/rrd/file_name.h"
#include "exporters/rrd/layout.h"
#include "exporters/rrd/store.h"
#include "tests/core/tape.h"
#include "tests/exporters/hostile_name.h"

using namespace virtscope;
using namespace virtscope::exporters;
using namespace virtscope::exporters::rrd;

namespace {

constexpr std::size_t guests = 1000, rounds = 334;
const std::string base = "/var/lib/a \"base\\ folder";

// Fields between blanks, '\' before what is meant itself; nothing if a line ends in one.
std::optional<std::vector<std::string>> fields_of(std::string_view line) {
    std::vector<std::string> fields(1);
    for (std::size_t i = 0; i < line.size(); ++i) {
        if (line[i] == ' ' || line[i] == '\t') {
            fields.emplace_back();
            continue;
        }
        if (line[i] == '\\' && ++i == line.size()) return std::nullopt;
        fields.back() += line[i];
    }
    return fields;
}

// rrdcached's side of one connection: BATCH, updates, a dot.
class StrictDaemon {
public:
    explicit StrictDaemon(std::string path) : path_(std::move(path)), listening_(::socket(AF_UNIX, SOCK_STREAM, 0)) {
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        path_.copy(address.sun_path, sizeof address.sun_path - 1);
        REQUIRE(::bind(listening_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
        REQUIRE(::listen(listening_.get(), 1) == 0);
        thread_ = std::thread([this] { serve(); });
    }
    ~StrictDaemon() {
        ::shutdown(listening_.get(), SHUT_RDWR);
        thread_.join();
    }

    // Of the last batch, in order. To be asked when its answer is there.
    std::vector<std::string> paths;
    std::size_t wrong = 0;

private:
    void serve() {
        const Fd client(::accept(listening_.get(), nullptr, nullptr));
        std::string held;
        bool in_batch = false;
        std::vector<char> bytes(1 << 16);
        for (ssize_t got = 0; client && (got = ::read(client.get(), bytes.data(), bytes.size())) > 0;) {
            held.append(bytes.data(), static_cast<std::size_t>(got));
            std::size_t begin = 0;
            for (std::size_t end = 0; (end = held.find('\n', begin)) != std::string::npos; begin = end + 1)
                take(std::string_view(held).substr(begin, end - begin), client.get(), in_batch);
            held.erase(0, begin);
        }
    }
    void take(std::string_view line, int client, bool& in_batch) {
        if (!in_batch) {
            wrong += line != "BATCH";
            paths.clear();
            answer(client, "0 Go ahead.  End with dot '.' on its own line.\n");
            in_batch = true;
        } else if (line == ".") {
            answer(client, "0 errors\n");
            in_batch = false;
        } else {
            const auto fields = fields_of(line);
            const bool good = fields && fields->size() == 3 && fields->front() == "UPDATE" &&
                              fields->back() == "10:1" && line.size() < longest_command;
            wrong += good ? 0 : 1;
            paths.push_back(good ? (*fields)[1] : "");
        }
    }
    // Whoever has the answer reads what is above: it is left alone from then on.
    void answer(int client, std::string_view text) {
        if (!write_all(client, text, "client")) ++wrong;
    }

    std::string path_;
    Fd listening_;
    std::thread thread_;
};

// Names of guests, each with a disk and a card.
RosterPtr hostile(std::mt19937& random) {
    return sample::changed(sample::roster(guests), [&](Roster& roster) {
        for (RosterGuest& guest : roster.guests) guest.name = hostile_name(random);
        for (RosterInstance& nic : roster.nics) nic.name = hostile_name(random);
        for (auto& disk : roster.disks) disk.name = hostile_name(random);
        roster.host.name = hostile_name(random);
    });
}

bool is_harmless(std::string_view component) {
    constexpr std::string_view plain = "_@+,=.-%~";
    return !component.empty() && component.size() <= 255 && component.front() != '.' && component.front() != '-' &&
           std::ranges::all_of(component, [&](char c) {
               return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || plain.contains(c);
           });
}

std::vector<std::string> components_of(const std::string& path) {
    std::vector<std::string> all;
    for (std::size_t begin = 0; begin <= path.size();) {
        const std::size_t end = std::min(path.find('/', begin), path.size());
        all.push_back(path.substr(begin, end - begin));
        begin = end + 1;
    }
    return all;
}

// The name in a file's or folder's, behind `front` and before ".rrd".
std::string name_in(const std::string& component, std::string_view front, std::string_view back) {
    if (!component.starts_with(front) || !component.ends_with(back)) return "no such file";
    const auto inside = component.substr(front.size(), component.size() - front.size() - back.size());
    return text_of_file_name(inside).value_or("cut, or not ours");
}

// How many files were as they have to be.
std::size_t check(const PlannedFile& file, const Census& census, bool collectd) {
    const auto parts = components_of(file.path);
    const std::uint32_t guest =
        file.type->scope == Scope::Guest ? file.row : census.roster()->instances(file.type->scope)[file.row].guest;
    const bool shape = parts.size() == (collectd ? 3U : 2U) && std::ranges::all_of(parts, is_harmless);
    if (!shape) return 0;
    const std::string shown = collectd ? name_in(parts[0], "", "") : parts[0];
    const bool folder = collectd
                            ? shown == census.guest(guest) || shown == census.guest(guest) + ":" + census.uuid(guest)
                            : shown == census.uuid(guest);
    const bool single = file.type->scope == Scope::Guest || census.instance(file.type->scope, file.row).empty();
    const std::string front = file.type->name + (single ? "" : "-");
    const bool name = single ? parts.back() == front + ".rrd"
                             : name_in(parts.back(), front, ".rrd") == census.instance(file.type->scope, file.row);
    return folder && name ? 1 : 0;
}

}  // namespace

TEST_CASE("a million hostile names are harmless files of their own, and rrdcached's lines say the same ones") {
    const sample::Directory folder;
    StrictDaemon daemon(folder.file("socket"));
    const auto store = open_daemon_store("unix:" + folder.file("socket"), base);
    REQUIRE(store);
    const auto filter =
        Filter::make({.metrics = {"virt_guest_cpu_time*", "virt_disk_read_ops*", "virt_nic_rx_bytes*"}});
    REQUIRE(filter);
    std::mt19937 random(20240502);
    std::size_t names = 0;
    for (std::size_t round = 0; round < rounds; ++round) {
        const bool collectd = round % 2 == 0;
        const Census census(hostile(random), *filter);
        const auto planned = Layout({.collectd = collectd}, *filter).plan(census);
        std::size_t good = 0;
        std::set<std::string> all;
        std::vector<std::string> paths;
        for (const PlannedFile& file : planned) {
            good += check(file, census, collectd);
            all.insert(file.path);
            paths.push_back(base + "/" + file.path);
        }
        REQUIRE(good == planned.size());
        REQUIRE(all.size() == planned.size());
        REQUIRE(planned.size() == 3 * guests);
        std::vector<Update> updates;
        for (const std::string& path : paths) updates.push_back({&path, "10:1"});
        const auto refused = (*store)->update(updates);
        REQUIRE_MESSAGE(refused, refused.error().message);
        REQUIRE(refused->empty());
        REQUIRE(daemon.wrong == 0);
        REQUIRE(daemon.paths == paths);
        names += 3 * guests;
    }
    CHECK(names >= 1'000'000);
}
