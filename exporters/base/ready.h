// Tells systemd that an exporter is at work (units of Type=notify); nothing where there is no systemd.
#pragma once

namespace virtscope::exporters {

void say_ready();

}  // namespace virtscope::exporters
