// The driver table: the one place that knows every driver. A driver is added by one folder and one
// line in table.cpp.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "drivers/driver.h"

namespace virtscope {

// The driver for one URI. Errors: unsupported names the URI and lists the forms that are known.
Result<std::unique_ptr<Driver>> open_driver(std::string_view uri, const DriverHost& host, const DriverOptions& options);

// The machine that a URI means, by the name it has there; empty: this one. No driver is asked.
std::string_view machine_of(std::string_view uri);

// Errors: malformed: two of the URIs mean the same guests by two ways that do not go together.
Result<> check_together(std::span<const std::string> uris);

// The hypervisor that this host is itself a guest of, where it can be told: "guest of Xen 4.17.7 (PV, pv_ops)"; else empty.
std::string beneath(const DriverHost& host);

// What is opened when no URI is given: every hypervisor found on this host.
std::vector<std::string> local_uris(const DriverHost& host);

// The URIs with those of drivers that belong beside them: guests of a libvirt on this host are QEMU processes, whose
// threads and interfaces the QEMU driver reads. A companion stands before the URI it is for, and is opened once.
std::vector<std::string> with_companions(std::vector<std::string> uris);
bool has_companion(std::string_view uri);

}  // namespace virtscope
