// Store: what xenstored knows of the domains: names, start times, memory targets, block and network backends.
//
// An answer of xenstored's takes as long as xenstored likes, so a thread of the store's own asks; the sampler takes the newest
// state and never waits. Nothing is polled: a watch says what is to be read again. Read are only
// paths that Domain-0 owns; a guest can write to none of them. Values are bounded (max_value) all the same.
//
// The protocol is spoken here and not by Xen's library for it: that one waits without a limit, keeps events without a limit,
// and when the connection breaks its own thread closes the socket while another may be writing to it, whose bytes can then end
// up in any file that is opened at that moment. XENSTORED_PATH names another socket, as with all of Xen's own programs.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/result.h"
#include "core/uuid.h"

namespace virtscope::xen {

inline constexpr std::size_t max_value = 1024;  // bytes; what is longer is cut

// A block backend, /local/domain/0/backend/<kind>/<domid>/<device>.
struct Vbd {
    unsigned device = 0;  // 51712: 202 << 8 is xvda
    std::string kind;     // "vbd" (kernel), "qdisk" (QEMU), "vbd3" (tapdisk)
    std::string name;     // "xvda"
    std::string source;   // path of the device or image, may be empty
    std::optional<std::uint64_t> capacity;  // bytes
    bool operator==(const Vbd&) const = default;
};

// A network backend, /local/domain/0/backend/vif/<domid>/<device>.
struct Vif {
    unsigned device = 0;
    std::string name;    // interface in Domain-0: "vif1.0", or what the configuration calls it
    std::string bridge;  // may be empty
    bool operator==(const Vif&) const = default;
};

struct DomainFacts {
    std::uint32_t domid = 0;
    Uuid uuid;                                   // of the domain that was followed under this number
    std::string name;                            // empty: xenstored has none (yet)
    std::int64_t start_realtime = 0;             // ns since the epoch, 0: unknown
    std::optional<std::uint64_t> memory_target;  // bytes
    std::optional<std::uint64_t> memory_most;    // bytes; what it was created with (static-max), which a target does not move
    std::vector<Vbd> vbds;                       // by device
    std::vector<Vif> vifs;                       // by device
    bool operator==(const DomainFacts&) const = default;
};

struct StoreState {
    std::uint64_t generation = 0;      // grows with each change
    std::vector<DomainFacts> domains;  // by domid; those that are followed and were read at least once
    std::string trouble;               // why xenstored cannot be asked, with the fix; empty: it answers
};

struct DomainKey {
    std::uint32_t domid = 0;
    Uuid uuid;
    bool operator==(const DomainKey&) const = default;
};

class Store {
public:
    // Begins the thread. A xenstored that is not there is no error: state() says so, and it is tried again each second.
    static std::unique_ptr<Store> open();
    virtual ~Store() = default;

    // The domains that there are now, by domid: those that are new are watched and read, the others forgotten. A number
    // that came with another UUID is another domain. Never blocks.
    virtual void follow(std::span<const DomainKey> domains) = 0;

    // The newest state; never null, never blocks.
    virtual std::shared_ptr<const StoreState> state() const = 0;
};

}  // namespace virtscope::xen
