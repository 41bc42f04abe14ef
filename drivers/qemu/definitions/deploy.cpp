// Deploy: a guest of an appliance, as one step: its disks, its definition and its first run, or nothing.
#include <sys/stat.h>

#include "core/text.h"
#include "drivers/qemu/definitions/definitions.h"
#include "drivers/qemu/definitions/image.h"
#include "drivers/qemu/definitions/launch.h"

namespace virtscope::qemu {

Result<Answer> Definitions::deploy(const Order& order) {
    const auto plan = plan_image({order.text, order.path, order.name, state_folder_ + "/images"});
    if (!plan) return std::unexpected(plan.error());
    auto guest = read_definition(plan->xml);
    if (!guest) return fail(guest.error().kind, "the guest that the image makes: {}", guest.error().message);
    const std::string name = printable(plan->name);
    const auto named = [&](const Error& error) { return fail(error.kind, "{}: {}", name, error.message); };
    const auto hold = holds_.take(guest->name);
    if (!hold) return fail(ErrorKind::busy, "{}: another order for it is under way", name);
    if (auto free = check_identity(*guest); !free) return std::unexpected(free.error());
    if (auto vacant = check_vacant(*plan, *guest); !vacant) return named(vacant.error());
    if (order.dry_run)
        return Answer{false, fmt::format("{}: would make {} disks, define and start it", name, plan->disks.size()), {}};
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::minutes(5);
    if (auto made = make_disks(*plan, deadline); !made) return named(made.error());
    auto up = check_may_start(*guest);
    if (up) up = store_.write(*guest);
    if (up) {
        up = bring_up(*guest, order.paused, deadline);
        // The definition is ours alone: the name was free, and nobody else had an order for it.
        if (!up) (void)store_.remove(guest->name).has_value();
    }
    if (!up) {
        remove_disks(*plan);
        return named(up.error());
    }
    return Answer{false, fmt::format("{}: deployed and started", name), guest->uuid};
}

Result<> Definitions::check_vacant(const ImagePlan& plan, const Definition& guest) {
    if (store_.read(guest.name))
        return fail(ErrorKind::busy, "is defined already; undefine it, or deploy under another name");
    struct stat there {};
    if (::stat(plan.disk_folder.c_str(), &there) != 0) return check_free(proc_, guest);
    return fail(ErrorKind::busy,
                "{} is there already, with an earlier guest's disks; remove it, or choose another name",
                printable(plan.disk_folder));
}

}  // namespace virtscope::qemu
