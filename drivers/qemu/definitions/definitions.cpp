#include "drivers/qemu/definitions/definitions.h"

#include <filesystem>

#include "core/text.h"
#include "drivers/qemu/definitions/launch.h"

namespace virtscope::qemu {
namespace {

constexpr std::string_view not_ours = "has no definition here; its own manager has";

std::unexpected<Error> held_by_other(const std::string& name) {
    return fail(ErrorKind::busy, "{}: another order for it is under way", printable(name));
}

std::unexpected<Error> named(const std::string& name, const Error& error) {
    return fail(error.kind, "{}: {}", printable(name), error.message);
}

}  // namespace

Definitions::Definitions(const std::string& state_folder, std::string proc)
    : state_folder_(state_folder), proc_(std::move(proc)), store_(state_folder), watch_(store_.folder()) {}

bool Definitions::can(Verb verb) const {
    switch (verb) {
        case Verb::start:
        case Verb::define:
        case Verb::undefine:
        case Verb::create:
        case Verb::save:
        case Verb::restore:
        case Verb::autostart:
        case Verb::deploy:
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

Result<Answer> Definitions::carry_out(const Order& order, Progress& progress) {
    const bool makes = order.verb != Verb::dumpxml && order.verb != Verb::undefine;
    if (auto safe = secure(makes && !order.dry_run); !safe) return std::unexpected(safe.error());
    switch (order.verb) {
        case Verb::define:
        case Verb::create: return about_text(order);
        case Verb::restore: return restore(order, progress);
        case Verb::deploy: return deploy(order);
        case Verb::start:
        case Verb::undefine:
        case Verb::save:
        case Verb::autostart:
        case Verb::dumpxml: return about_guest(order, progress);
        default: return fail(ErrorKind::unsupported, "{} is not known for plain QEMU guests", verb_name(order.verb));
    }
}

Result<Answer> Definitions::about_text(const Order& order) {
    const auto guest = read_definition(order.text);
    if (!guest) return std::unexpected(guest.error());
    const auto hold = holds_.take(guest->name);
    if (!hold) return held_by_other(guest->name);
    if (auto free = check_identity(*guest); !free) return std::unexpected(free.error());
    auto answer = order.verb == Verb::define ? define(order, *guest) : create(order, *guest);
    if (!answer) return named(guest->name, answer.error());
    answer->guest = guest->uuid;
    return answer;
}

Result<Answer> Definitions::about_guest(const Order& order, Progress& progress) {
    const std::string& name = order.target.name;
    // Names of guests of others are hostile; those of ours were checked when they were defined.
    if (name.empty() || name.starts_with('.') || name.find('/') != std::string::npos) {
        return fail(ErrorKind::absent, "{}: {}", printable(name), not_ours);
    }
    const auto hold = holds_.take(name);
    if (!hold) return held_by_other(name);
    auto answer = [&] {
        switch (order.verb) {
            case Verb::start: return start(order);
            case Verb::save: return save(order, progress);
            case Verb::autostart: return autostart(order);
            case Verb::undefine: return undefine(order);
            default: return dumpxml(order);
        }
    }();
    if (!answer) return named(name, answer.error());
    answer->guest = order.target.uuid;
    return answer;
}

// A name belongs to one UUID, a UUID to one name.
Result<> Definitions::check_identity(const Definition& guest) {
    for (const Definition& other : list()->guests) {
        if (other.name == guest.name && other.uuid != guest.uuid) {
            return fail(ErrorKind::busy, "{}: is defined with the UUID {}; undefine it, or choose another name",
                        printable(guest.name), other.uuid.text());
        }
        if (other.name != guest.name && other.uuid == guest.uuid) {
            return fail(ErrorKind::busy, "{}: its UUID is that of {}; leave <uuid> out", printable(guest.name),
                        printable(other.name));
        }
    }
    return {};
}

Result<Definition> Definitions::own_definition(const Target& target) {
    auto guest = store_.read(target.name);
    if (!guest && guest.error().kind == ErrorKind::absent) return fail(ErrorKind::absent, "{}", not_ours);
    if (guest && guest->uuid != target.uuid)
        return fail(ErrorKind::absent, "the definition of this name is another guest's");
    return guest;
}

// What it was started with.
Result<Definition> Definitions::live_definition(const std::string& name) {
    const auto live = read_small_file(run_folder(name) + "/live.xml", xml_most_bytes);
    if (!live) return std::unexpected(live.error());
    return read_definition(*live);
}

Result<Answer> Definitions::define(const Order& order, const Definition& guest) {
    const auto before = store_.read(guest.name);
    if (before && before->xml == guest.xml) return Answer{true, "is defined so", {}};
    if (order.dry_run) return Answer{false, before ? "would replace the definition" : "would define it", {}};
    const auto wrote = store_.write(guest);
    list_anew();
    if (!wrote) return std::unexpected(wrote.error());
    return Answer{false, before ? "the definition was replaced" : "defined", {}};
}

Result<Answer> Definitions::undefine(const Order& order) {
    // A damaged file can be forgotten, too.
    const auto guest = own_definition(order.target);
    if (!guest && guest.error().kind == ErrorKind::absent) return std::unexpected(guest.error());
    if (order.dry_run) return Answer{false, "would forget the definition", {}};
    const auto gone = store_.remove(order.target.name);
    list_anew();
    if (!gone) return std::unexpected(gone.error());
    return Answer{false, "forgotten; its images stay", {}};
}

Result<Answer> Definitions::autostart(const Order& order) {
    const auto guest = own_definition(order.target);
    if (!guest) return std::unexpected(guest.error());
    const bool on = !order.disable;
    const std::string said = on ? "starts with the agent" : "does not start with the agent";
    if (store_.is_marked(guest->name) == on) return Answer{true, said, {}};
    if (order.dry_run)
        return Answer{false, on ? "would start with the agent" : "would no more start with the agent", {}};
    if (auto marked = store_.mark(guest->name, on); !marked) return std::unexpected(marked.error());
    return Answer{false, said, {}};
}

// Of a guest that runs what it was started with, else its definition.
Result<Answer> Definitions::dumpxml(const Order& order) {
    if (order.target.generation != 0 && runs_in(run_folder(order.target.name))) {
        const auto live = live_definition(order.target.name);
        if (live && live->uuid == order.target.uuid) return Answer{false, live->xml, {}};
    }
    const auto guest = own_definition(order.target);
    if (!guest) return std::unexpected(guest.error());
    return Answer{false, guest->xml, {}};
}

// The folder's time is that of the kernel's last tick: two changes within one, and a look between them, have the same.
void Definitions::list_anew() {
    const std::scoped_lock locked(lock_);
    kept_.reset();
}

std::shared_ptr<const Store::Kept> Definitions::list() {
    const bool safe = secure(false).has_value();
    const std::scoped_lock locked(lock_);
    if (watch_.changed() || !kept_) kept_ = std::make_shared<const Store::Kept>(safe ? store_.all() : Store::Kept{});
    return kept_;
}

void Definitions::tidy() {
    std::error_code code;
    for (std::filesystem::directory_iterator at(state_folder_ + "/run", code), end; !code && at != end;
         at.increment(code)) {
        const auto hold = holds_.take(at->path().filename().string());
        if (hold && !runs_in(at->path().string())) forget_run(at->path().string());
    }
}

}  // namespace virtscope::qemu
