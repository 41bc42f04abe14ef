// What each verb says to libxenlight. Messages do not name the guest: the agent's side does.
#pragma once

#include "drivers/xen/libxl/call.h"

namespace virtscope::libxl {

Result<Answer> carry_out(const Call& call);

// verbs_power.cpp
Result<Answer> do_shutdown(const Call& call);
Result<Answer> do_reboot(const Call& call);
Result<Answer> do_destroy(const Call& call);
Result<Answer> do_suspend(const Call& call);
Result<Answer> do_resume(const Call& call);
// verbs_size.cpp
Result<Answer> do_setmem(const Call& call);
Result<Answer> do_setvcpus(const Call& call);
// verbs_media.cpp
Result<Answer> do_change_media(const Call& call);
Result<Answer> do_eject(const Call& call);
// verbs_save.cpp
Result<Answer> do_save(const Call& call);
// verbs_make.cpp
Result<Answer> do_create(const Call& call);
Result<Answer> do_restore(const Call& call);
// verbs_look.cpp
Result<Answer> do_dumpxml(const Call& call);
Result<Answer> do_domdisplay(const Call& call);

}  // namespace virtscope::libxl
