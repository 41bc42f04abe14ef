// The QEMU/KVM driver: kvm:/// watches every QEMU process of this host, whoever started it.
#pragma once

#include "drivers/driver.h"

namespace virtscope {

Opened open_qemu(std::string_view uri, const DriverHost& host, const DriverOptions& options);

}  // namespace virtscope
