#include "drivers/libvirt/lifecycle.h"

#include <array>
#include <system_error>
#include <thread>

#include "core/text.h"
#include "drivers/libvirt/lifecycle_connections.h"
#include "drivers/libvirt/lifecycle_verbs.h"

namespace virtscope::libvirt {
namespace {

using Do = Result<Answer> (*)(const Call&);

Do function_of(Verb verb) {
    switch (verb) {
        case Verb::start: return do_start;
        case Verb::shutdown: return do_shutdown;
        case Verb::reboot: return do_reboot;
        case Verb::reset: return do_reset;
        case Verb::destroy: return do_destroy;
        case Verb::suspend: return do_suspend;
        case Verb::resume: return do_resume;
        case Verb::save: return do_save;
        case Verb::restore: return do_restore;
        case Verb::setmem: return do_setmem;
        case Verb::setvcpus: return do_setvcpus;
        case Verb::change_media: return do_change_media;
        case Verb::eject: return do_eject;
        case Verb::autostart: return do_autostart;
        case Verb::define: return do_define;
        case Verb::undefine: return do_undefine;
        case Verb::create: return do_create;
        case Verb::dumpxml: return do_dumpxml;
        case Verb::domdisplay: return do_domdisplay;
        case Verb::guestinfo: return do_guestinfo;
        case Verb::deploy: return do_deploy;
    }
    return nullptr;
}

// "qemu:///system", not "qemu+ssh://host/system".
bool is_here(std::string_view uri) {
    const auto authority = uri.find("://");
    return authority == std::string_view::npos || uri.substr(authority + 3).starts_with('/');
}

// What the threads of orders share; lives as long as the last of them.
struct Shop {
    Shop(const Library& lib, std::string uri, bool agents)
        : library(lib), connections(lib, std::move(uri)), guest_agents(agents) {}

    const Library& library;
    Connections connections;
    Lanes lanes;
    const bool guest_agents;
};

Result<Answer> perform(Shop& shop, Task& task) {
    const auto connection = shop.connections.take();
    if (!connection) return std::unexpected(connection.error());
    const Call call{shop.library, *connection, task, shop.guest_agents, is_here(shop.connections.uri())};
    auto answer = function_of(task.order().verb)(call);
    shop.connections.give_back(*connection);
    return answer;
}

Result<> start_thread(const std::shared_ptr<Shop>& shop, const std::shared_ptr<Task>& task) {
    try {
        std::thread([task, owned = shop]() mutable {
            auto answer = perform(*owned, *task);
            owned->lanes.leave(task->order());
            owned.reset();  // before the answer: who has it may give another order, or let all go
            task->finish(std::move(answer));
        }).detach();
    } catch (const std::system_error& error) {
        shop->lanes.leave(task->order());
        return fail(ErrorKind::system, "no thread for the order ({}); nothing was done", error.code().message());
    }
    return {};
}

class LibvirtLifecycle final : public Lifecycle {
public:
    LibvirtLifecycle(std::string uri, bool guest_agents) : uri_(std::move(uri)), guest_agents_(guest_agents) {}

    bool can(Verb verb) const override { return function_of(verb) != nullptr; }

    Result<Answer> carry_out(const Order& order, Progress& progress) override {
        auto answer = act(order, progress);
        if (!answer) {
            if (!names_a_guest(order.verb)) return answer;
            return fail(answer.error().kind, "{}: {}", printable(order.target.name), answer.error().message);
        }
        if (answer->guest.is_nil()) answer->guest = order.target.uuid;
        return answer;
    }

private:
    Result<Answer> act(const Order& order, Progress& progress) {
        if (!can(order.verb)) return fail(ErrorKind::unsupported, "{} is not possible through libvirt", verb_name(order.verb));
        const auto shop = open();
        if (!shop) return std::unexpected(shop.error());
        const auto entered = (*shop)->lanes.enter(order);
        if (!entered) return std::unexpected(entered.error());
        const auto task = std::make_shared<Task>(order);
        const auto started = start_thread(*shop, task);
        if (!started) return std::unexpected(started.error());
        return task->wait(progress);
    }

    Result<std::shared_ptr<Shop>> open() {
        const std::lock_guard lock(mutex_);
        if (shop_ != nullptr) return shop_;
        const auto library = load_library();
        if (!library) return std::unexpected(library.error());
        shop_ = std::make_shared<Shop>(**library, uri_, guest_agents_);
        return shop_;
    }

    const std::string uri_;
    const bool guest_agents_;
    std::mutex mutex_;
    std::shared_ptr<Shop> shop_;
};

}  // namespace

std::shared_ptr<Lifecycle> make_lifecycle(std::string uri, bool guest_agents) {
    return std::make_shared<LibvirtLifecycle>(std::move(uri), guest_agents);
}

}  // namespace virtscope::libvirt
