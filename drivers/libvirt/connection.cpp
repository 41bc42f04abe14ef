#include "drivers/libvirt/connection.h"

#include <algorithm>
#include <random>

#include "core/text.h"
#include "drivers/libvirt/definitions.h"
#include "drivers/libvirt/news.h"
#include "drivers/libvirt/one_by_one.h"
#include "drivers/libvirt/uri.h"

namespace virtscope::libvirt {
namespace {

using namespace std::chrono_literals;

constexpr unsigned groups = VIR_DOMAIN_STATS_STATE | VIR_DOMAIN_STATS_CPU_TOTAL | VIR_DOMAIN_STATS_BALLOON |
                            VIR_DOMAIN_STATS_VCPU | VIR_DOMAIN_STATS_INTERFACE | VIR_DOMAIN_STATS_BLOCK;

std::string version_text(unsigned long version) {
    return fmt::format("{}.{}.{}", version / 1'000'000, version / 1000 % 1000, version % 1000);
}

std::string describe(const Library& library, virConnectPtr connection) {
    const char* const type = library.virConnectGetType(connection);
    std::string text = printable(type != nullptr ? type : "libvirt", 64);
    unsigned long version = 0;
    if (library.virConnectGetVersion(connection, &version) == 0 && version > 0) text += " " + version_text(version);
    unsigned long of_libvirt = 0;
    if (library.virConnectGetLibVersion(connection, &of_libvirt) != 0 || of_libvirt == 0) return text + " (libvirt)";
    return text + " (libvirt " + version_text(of_libvirt) + ")";
}

const Uuid& uuid_of(const GuestStats& guest) { return guest.place.uuid; }

// What is configured for guests that are off: no QEMU is asked for that. One that was started meanwhile is left as it
// is: its event makes it be read again.
void add_configured(const Library& library, virConnectPtr connection, Snapshot& snapshot) {
    if (std::ranges::find(snapshot.guests, 0U, [](const GuestStats& guest) { return guest.place.generation; }) ==
        snapshot.guests.end())
        return;
    virDomainStatsRecordPtr* records = nullptr;
    const int count = library.virConnectGetAllDomainStats(
        connection, VIR_DOMAIN_STATS_STATE | VIR_DOMAIN_STATS_BALLOON | VIR_DOMAIN_STATS_VCPU, &records,
        VIR_CONNECT_GET_ALL_DOMAINS_STATS_INACTIVE | VIR_CONNECT_GET_ALL_DOMAINS_STATS_NOWAIT);
    for (int i = 0; i < count; ++i) {
        GuestStats configured = read_record(library, *records[i]);
        const auto guest = std::ranges::lower_bound(snapshot.guests, configured.place.uuid, {}, uuid_of);
        const bool known = guest != snapshot.guests.end() && guest->place.uuid == configured.place.uuid;
        if (known && guest->place.generation == 0 && configured.place.generation == 0) *guest = std::move(configured);
    }
    if (count >= 0) library.virDomainStatsRecordListFree(records);
}

// What is kept from one listing to the next.
struct Lister {
    bool local = false;  // a QEMU's on this host
    bool bulk = true;    // until it is seen that the driver has no bulk statistics
    Definitions definitions;
    OneByOne one_by_one;
    std::optional<NodeReader> node;  // where the guests run on another machine
};

Result<std::shared_ptr<Snapshot>> read_one_by_one(virConnectPtr connection, Lister& lister) {
    auto guests = lister.one_by_one.read(connection);
    if (!guests) return std::unexpected(guests.error());
    std::ranges::sort(*guests, {}, uuid_of);
    return std::make_shared<Snapshot>(Snapshot{std::move(*guests)});
}

Result<std::shared_ptr<Snapshot>> read_all(const Library& library, virConnectPtr connection, const std::string& uri,
                                           Lister& lister) {
    if (!lister.bulk) return read_one_by_one(connection, lister);
    auto snapshot = std::make_shared<Snapshot>();
    virDomainStatsRecordPtr* records = nullptr;
    // NOWAIT: a guest that is busy with another job of libvirt's is told without what would have to wait for it.
    const int count =
        library.virConnectGetAllDomainStats(connection, lister.local ? unsigned{VIR_DOMAIN_STATS_STATE} : groups,
                                            &records, VIR_CONNECT_GET_ALL_DOMAINS_STATS_NOWAIT);
    if (count < 0 && library.virGetLastErrorCode() == VIR_ERR_NO_SUPPORT) {
        lister.bulk = false;
        return read_one_by_one(connection, lister);
    }
    if (count < 0) return std::unexpected(last_error(library, printable(uri)));
    for (int i = 0; i < count; ++i) snapshot->guests.push_back(read_record(library, *records[i]));
    if (lister.local) lister.definitions.complete(snapshot->guests, records);
    library.virDomainStatsRecordListFree(records);
    std::ranges::sort(snapshot->guests, {}, uuid_of);
    if (lister.local) add_configured(library, connection, *snapshot);
    return snapshot;
}

void tell_problem(Exchange& exchange, const Error& problem) {
    const std::lock_guard lock(exchange.mutex);
    exchange.problem = problem;
    exchange.changed.notify_all();
}

void tell_lost(Exchange& exchange) {
    const std::lock_guard lock(exchange.mutex);
    exchange.happened.push_back({.what = Happened::lost});
}

// The answer before still holds: no event came since, and the connection they come by is well.
bool still_holds(const Library& library, virConnectPtr connection, const News& news, Clock::time_point read) {
    constexpr auto resync = 60s;
    return news.is_heard() && !news.any() && Clock::now() - read < resync && library.virConnectIsAlive(connection) == 1;
}

// Waits for someone who wants an answer; false: nobody ever will.
bool wait_for_work(Exchange& exchange) {
    constexpr auto gathering = 50ms;  // events come in bursts, and one listing is for all of them
    std::unique_lock lock(exchange.mutex);
    exchange.changed.wait(lock, [&] { return exchange.wanted || exchange.news || exchange.closing; });
    exchange.changed.wait_for(lock, gathering, [&] { return exchange.wanted || exchange.closing; });
    exchange.news = false;
    return !exchange.closing;
}

// Answers until the connection fails (false) or is to be closed (true).
bool serve(const Library& library, virConnectPtr connection, const std::string& uri,
           const std::shared_ptr<Exchange>& shared) {
    Exchange& exchange = *shared;
    Lister lister{.local = is_local_qemu(uri), .definitions = Definitions(library), .one_by_one = OneByOne(library)};
    if (!machine_in(uri).empty()) lister.node.emplace(library, connection);
    News news(library, connection, shared);
    SnapshotPtr snapshot;
    Clock::time_point read;
    while (true) {
        if (!wait_for_work(exchange)) return true;
        const auto asked = Clock::now();
        if (snapshot == nullptr || !lister.local || !still_holds(library, connection, news, read)) {
            for (const Uuid& guest : news.take()) lister.definitions.forget(guest);
            auto answer = read_all(library, connection, uri, lister);
            if (!answer) {
                tell_problem(exchange, answer.error());
                return false;
            }
            if (lister.node) (*answer)->node = lister.node->read();
            snapshot = std::move(*answer);
            read = asked;
        }
        const std::lock_guard lock(exchange.mutex);
        if (read == asked) ++exchange.questions;
        exchange.latest = snapshot;
        exchange.asked = asked;
        exchange.answered = Clock::now();
        exchange.problem.reset();
        exchange.wanted = false;
        exchange.changed.notify_all();
    }
}

}  // namespace

bool is_local_qemu(std::string_view uri) { return uri.starts_with("qemu:///"); }

void run_connection(const Library& library, const std::string& uri, const std::shared_ptr<Exchange>& exchange) {
    constexpr std::chrono::milliseconds first_wait = 500ms;
    constexpr std::chrono::milliseconds longest_wait = 30'000ms;
    std::chrono::milliseconds wait = first_wait;
    const std::string address = never_asking(uri);
    std::minstd_rand random(std::random_device{}());
    while (true) {
        if (const virConnectPtr connection = library.virConnectOpenReadOnly(address.c_str())) {
            (void)library.virConnectSetKeepAlive(connection, 5, 3);  // a driver without a daemon has none
            const std::string version = describe(library, connection);
            {
                const std::lock_guard lock(exchange->mutex);
                exchange->version = version;
            }
            const bool closed = serve(library, connection, uri, exchange);
            library.virConnectClose(connection);
            if (closed) return;
            tell_lost(*exchange);
            wait = first_wait;
        } else {
            tell_problem(*exchange, last_error(library, printable(uri)));
        }
        const auto jitter = std::chrono::milliseconds(random() % static_cast<unsigned>(wait.count() / 4));
        std::unique_lock lock(exchange->mutex);
        if (exchange->changed.wait_for(lock, wait + jitter, [&] { return exchange->closing; })) return;
        wait = std::min(wait * 2, longest_wait);
    }
}

}  // namespace virtscope::libvirt
