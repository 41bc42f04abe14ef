// What each verb says to libvirt.
#pragma once

#include "drivers/libvirt/lifecycle_call.h"

namespace virtscope::libvirt {

// lifecycle_power.cpp
Result<Answer> do_start(const Call& call);
Result<Answer> do_shutdown(const Call& call);
Result<Answer> do_reboot(const Call& call);
Result<Answer> do_reset(const Call& call);
Result<Answer> do_destroy(const Call& call);
Result<Answer> do_suspend(const Call& call);
Result<Answer> do_resume(const Call& call);
// lifecycle_define.cpp
Result<Answer> do_define(const Call& call);
Result<Answer> do_create(const Call& call);
Result<Answer> do_undefine(const Call& call);
Result<Answer> do_autostart(const Call& call);
// lifecycle_deploy.cpp
Result<Answer> do_deploy(const Call& call);
// lifecycle_look.cpp
Result<Answer> do_dumpxml(const Call& call);
Result<Answer> do_domdisplay(const Call& call);
// lifecycle_guestinfo.cpp
Result<Answer> do_guestinfo(const Call& call);
// lifecycle_memory.cpp
Result<Answer> do_setmem(const Call& call);
Result<Answer> do_setvcpus(const Call& call);
// lifecycle_media.cpp
Result<Answer> do_change_media(const Call& call);
Result<Answer> do_eject(const Call& call);
// lifecycle_save.cpp
Result<Answer> do_save(const Call& call);
Result<Answer> do_restore(const Call& call);

}  // namespace virtscope::libvirt
