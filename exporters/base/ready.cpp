#include "exporters/base/ready.h"

#include <systemd/sd-daemon.h>

namespace virtscope::exporters {

void say_ready() { (void)::sd_notify(0, "READY=1"); }

}  // namespace virtscope::exporters
