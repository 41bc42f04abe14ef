// The QEMU/KVM driver: kvm:/// watches every QEMU process of this host, whoever started it.
#pragma once

#include "drivers/driver.h"

namespace virtscope {

// Of the guests that are processes of this host those that libvirt manages: what the libvirt driver's companion opens.
inline constexpr std::string_view libvirt_processes_uri = "kvm:///?managed-by=libvirt";

Opened open_qemu(std::string_view uri, const DriverHost& host, const DriverOptions& options);

}  // namespace virtscope
