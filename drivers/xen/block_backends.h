// BlockBackends: opens the counters of block backends of every kind: the kernel's (vbd), QEMU's (qdisk), tapdisk's (vbd3).
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "drivers/driver.h"
#include "drivers/xen/block_counters.h"
#include "drivers/xen/qdisk.h"
#include "drivers/xen/store.h"
#include "drivers/xen/tapdisk.h"

namespace virtscope::xen {

class BlockBackends {
public:
    explicit BlockBackends(const DriverHost& host)
        : sys_(host.sys), shm_(host.dev + "/shm"), qdisks_(host.run + "/xen"), tapdisks_(host.dev + "/shm", host.proc) {}

    // Null: it is not there (yet).
    std::shared_ptr<BlockCounters> open(std::uint32_t domid, const Vbd& vbd);

    // A path that is there once the backend may be.
    std::string sign_of(std::uint32_t domid, const Vbd& vbd) const;

    // Why the qdisks of a domain are without values, as a place's note has it; empty: they are not, or it has none.
    std::string trouble(const DomainFacts& facts) { return qdisks_.trouble(facts.domid); }

    Qdisks& qdisks() { return qdisks_; }
    const Qdisks& qdisks() const { return qdisks_; }

private:
    std::string sys_;
    std::string shm_;
    Qdisks qdisks_;
    Tapdisks tapdisks_;
};

}  // namespace virtscope::xen
