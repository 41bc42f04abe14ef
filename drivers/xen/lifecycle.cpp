#include "drivers/xen/lifecycle.h"

#include "core/text.h"
#include "drivers/xen/lifecycle_helper.h"

namespace virtscope::xen {
namespace {

Answer already(std::string text) { return {true, std::move(text), {}}; }

class XenLifecycle final : public Lifecycle {
public:
    explicit XenLifecycle(std::string helper) : helper_(std::move(helper)) {}

    bool can(Verb verb) const override {
        switch (verb) {
            case Verb::shutdown:
            case Verb::reboot:
            case Verb::destroy:
            case Verb::suspend:
            case Verb::resume:
            case Verb::save:
            case Verb::restore:
            case Verb::setmem:
            case Verb::setvcpus:
            case Verb::change_media:
            case Verb::eject:
            case Verb::create:
            case Verb::dumpxml:
            case Verb::domdisplay: return true;
            default: return false;
        }
    }

    Result<Answer> carry_out(const Order& order, Progress& progress) override {
        auto answer = act(order, progress);
        if (!names_a_guest(order.verb)) return answer;
        if (!answer) return fail(answer.error().kind, "{}: {}", printable(order.target.name), answer.error().message);
        answer->guest = order.target.uuid;
        return answer;
    }

private:
    Result<Answer> act(const Order& order, Progress& progress) const {
        if (!can(order.verb))
            return fail(ErrorKind::unsupported, "{} is not known for Xen guests", verb_name(order.verb));
        if (names_a_guest(order.verb) && order.target.generation == 0) {
            if (order.verb == Verb::destroy || order.verb == Verb::shutdown) return already("is shut off");
            return fail(ErrorKind::busy, "is shut off; create it from its configuration");
        }
        return run_helper(helper_.empty() ? find_helper() : helper_, order, progress);
    }

    std::string helper_;
};

}  // namespace

std::shared_ptr<Lifecycle> make_xen_lifecycle(std::string helper) {
    return std::make_shared<XenLifecycle>(std::move(helper));
}

}  // namespace virtscope::xen
