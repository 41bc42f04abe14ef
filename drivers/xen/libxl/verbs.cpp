#include "drivers/xen/libxl/verbs.h"

namespace virtscope::libxl {

Result<Answer> carry_out(const Call& call) {
    switch (call.order.verb) {
        case Verb::shutdown: return do_shutdown(call);
        case Verb::reboot: return do_reboot(call);
        case Verb::destroy: return do_destroy(call);
        case Verb::suspend: return do_suspend(call);
        case Verb::resume: return do_resume(call);
        case Verb::save: return do_save(call);
        case Verb::restore: return do_restore(call);
        case Verb::setmem: return do_setmem(call);
        case Verb::setvcpus: return do_setvcpus(call);
        case Verb::change_media: return do_change_media(call);
        case Verb::eject: return do_eject(call);
        case Verb::create: return do_create(call);
        case Verb::dumpxml: return do_dumpxml(call);
        case Verb::domdisplay: return do_domdisplay(call);
        default: return fail(ErrorKind::unsupported, "{} is not known for Xen guests", verb_name(call.order.verb));
    }
}

}  // namespace virtscope::libxl
