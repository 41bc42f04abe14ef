#include "drivers/qemu/definitions/definitions.h"

#include <sys/stat.h>

#include "core/text.h"
#include "drivers/qemu/definitions/launch.h"

namespace virtscope::qemu {
namespace {

Answer said(const Definition& guest, std::string text) { return {false, std::move(text), guest.uuid}; }

// One order at a time for each name.
class Hold {
public:
    Hold(std::mutex& lock, std::set<std::string>& held, std::string name) : lock_(lock), held_(held), name_(std::move(name)) {
        const std::scoped_lock locked(lock_);
        mine_ = held_.insert(name_).second;
    }
    ~Hold() {
        const std::scoped_lock locked(lock_);
        if (mine_) held_.erase(name_);
    }
    Hold(const Hold&) = delete;
    Hold& operator=(const Hold&) = delete;
    bool mine() const { return mine_; }

private:
    std::mutex& lock_;
    std::set<std::string>& held_;
    std::string name_;
    bool mine_ = false;
};

std::unexpected<Error> held_by_other(const std::string& name) {
    return fail(ErrorKind::busy, "{}: another order for it is under way", printable(name));
}

}  // namespace

Definitions::Definitions(const std::string& state_folder, std::string proc)
    : state_folder_(state_folder), proc_(std::move(proc)), store_(state_folder) {}

bool Definitions::can(Verb verb) const {
    switch (verb) {
        case Verb::start:
        case Verb::define:
        case Verb::undefine:
        case Verb::create:
        case Verb::dumpxml: return true;
        default: return false;
    }
}

// Whoever can write a definition chooses what the agent runs, and a link in place of run/ what it removes.
Result<> Definitions::secure(bool make) const {
    for (const std::string_view part : {"", "/guests", "/run"}) {
        const std::string folder = state_folder_ + std::string(part);
        if (make) {
            if (auto made = make_folders(folder); !made) return made;
        }
        if (auto own = check_own_folder(folder); !own) return own;
    }
    return {};
}

Result<Answer> Definitions::carry_out(const Order& order, Progress&) {
    const bool makes = order.verb == Verb::define || order.verb == Verb::create || order.verb == Verb::start;
    if (auto safe = secure(makes && !order.dry_run); !safe) return std::unexpected(safe.error());
    if (order.verb == Verb::define) return define(order);
    if (order.verb == Verb::create) return create(order);
    if (!can(order.verb)) return fail(ErrorKind::unsupported, "{} is not known for plain QEMU guests", verb_name(order.verb));
    const std::string name = order.target.name;
    // Names of guests of others are hostile; those of ours were checked when they were defined.
    if (name.empty() || name.starts_with('.') || name.find('/') != std::string::npos) {
        return fail(ErrorKind::absent, "{}: has no definition here; its own manager has", printable(name));
    }
    const Hold hold(lock_, held_, name);
    if (!hold.mine()) return held_by_other(name);
    auto answer = order.verb == Verb::start      ? start(order)
                  : order.verb == Verb::undefine ? undefine(order)
                                                 : dumpxml(order);
    if (!answer) return fail(answer.error().kind, "{}: {}", printable(name), answer.error().message);
    answer->guest = order.target.uuid;
    return answer;
}

// A name belongs to one UUID, a UUID to one name.
Result<> Definitions::check_identity(const Definition& guest) {
    for (const Definition& other : list()->guests) {
        if (other.name == guest.name && other.uuid != guest.uuid) {
            return fail(ErrorKind::busy, "{}: is defined with the UUID {}; undefine it, or choose another name", printable(guest.name), other.uuid.text());
        }
        if (other.name != guest.name && other.uuid == guest.uuid) {
            return fail(ErrorKind::busy, "{}: its UUID is that of {}; leave <uuid> out", printable(guest.name), printable(other.name));
        }
    }
    return {};
}

Result<Answer> Definitions::define(const Order& order) {
    auto guest = read_definition(order.text);
    if (!guest) return std::unexpected(guest.error());
    const Hold hold(lock_, held_, guest->name);
    if (!hold.mine()) return held_by_other(guest->name);
    if (auto free = check_identity(*guest); !free) return std::unexpected(free.error());
    const auto before = store_.read(guest->name);
    if (before && before->xml == guest->xml) return Answer{true, "is defined so", guest->uuid};
    const std::string_view done = before ? "the definition was replaced" : "defined";
    if (order.dry_run) return said(*guest, before ? "would replace the definition" : "would define it");
    const auto wrote = store_.write(*guest);
    list_anew();
    if (!wrote) return std::unexpected(wrote.error());
    return said(*guest, std::string(done));
}

Result<Answer> Definitions::undefine(const Order& order) {
    const auto guest = store_.read(order.target.name);
    if (!guest && guest.error().kind == ErrorKind::absent) return fail(ErrorKind::absent, "has no definition here; its own manager has");
    // A damaged file can be forgotten, too.
    if (guest && guest->uuid != order.target.uuid) return fail(ErrorKind::absent, "the definition of this name is another guest's");
    if (order.dry_run) return Answer{false, "would forget the definition", {}};
    const auto gone = store_.remove(order.target.name);
    list_anew();
    if (!gone) return std::unexpected(gone.error());
    return Answer{false, "forgotten; its images stay", {}};
}

Result<Answer> Definitions::create(const Order& order) {
    auto guest = read_definition(order.text);
    if (!guest) return std::unexpected(guest.error());
    const Hold hold(lock_, held_, guest->name);
    if (!hold.mine()) return held_by_other(guest->name);
    const auto named = [&](const Error& error) { return fail(error.kind, "{}: {}", printable(guest->name), error.message); };
    if (auto free = check_identity(*guest); !free) return std::unexpected(free.error());
    if (runs_in(run_folder(guest->name)) || running_with(proc_, guest->uuid)) return fail(ErrorKind::busy, "{}: it runs", printable(guest->name));
    if (auto possible = check_start(*guest); !possible) return named(possible.error());
    if (order.dry_run) return said(*guest, "would start it");
    if (auto up = launch(*guest, run_folder(guest->name), order.paused, order.deadline); !up) return named(up.error());
    return said(*guest, "started");
}

Result<Answer> Definitions::start(const Order& order) {
    if (order.target.generation != 0) return Answer{true, "runs", {}};
    const auto guest = store_.read(order.target.name);
    if (!guest) return std::unexpected(guest.error());
    if (guest->uuid != order.target.uuid) return fail(ErrorKind::absent, "the definition of this name is another guest's");
    if (running_with(proc_, guest->uuid)) return Answer{true, "runs", {}};
    if (runs_in(run_folder(guest->name))) return fail(ErrorKind::busy, "another guest of this name runs; destroy it first");
    if (auto possible = check_start(*guest); !possible) return std::unexpected(possible.error());
    if (order.dry_run) return said(*guest, "would start it");
    if (auto up = launch(*guest, run_folder(guest->name), order.paused, order.deadline); !up) return std::unexpected(up.error());
    return said(*guest, "started");
}

// Of a guest that runs what it was started with, else its definition.
Result<Answer> Definitions::dumpxml(const Order& order) {
    if (order.target.generation != 0 && runs_in(run_folder(order.target.name))) {
        const auto live = read_small_file(run_folder(order.target.name) + "/live.xml", xml_most_bytes);
        const auto guest = live ? read_definition(*live) : std::unexpected(live.error());
        if (guest && guest->uuid == order.target.uuid) return said(*guest, guest->xml);
    }
    const auto guest = store_.read(order.target.name);
    if (!guest || guest->uuid != order.target.uuid) return fail(ErrorKind::absent, "has no definition here; its own manager has");
    return said(*guest, guest->xml);
}

// The folder's time is that of the kernel's last tick: two changes within one, and a look between them, have the same.
void Definitions::list_anew() {
    const std::scoped_lock locked(lock_);
    kept_.reset();
}

std::shared_ptr<const Store::Kept> Definitions::list() {
    const bool safe = secure(false).has_value();
    struct stat folder{};
    const bool there = safe && ::stat(store_.folder().c_str(), &folder) == 0;
    const timespec now = there ? folder.st_mtim : timespec{};
    const std::scoped_lock locked(lock_);
    if (kept_ && now.tv_sec == changed_.tv_sec && now.tv_nsec == changed_.tv_nsec) return kept_;
    kept_ = std::make_shared<const Store::Kept>(there ? store_.all() : Store::Kept{});
    changed_ = now;
    return kept_;
}

}  // namespace virtscope::qemu
