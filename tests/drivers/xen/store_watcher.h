// What tests of the store ask for again and again.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "drivers/xen/store.h"
#include "fake_xenstore.h"

namespace virtscope::test {

using State = std::shared_ptr<const xen::StoreState>;

inline Uuid uuid_of(std::uint32_t number) {
    Uuid uuid;
    for (unsigned i = 0; i < 4; ++i) uuid.bytes[15 - i] = static_cast<std::uint8_t>(number >> 8 * i);
    uuid.bytes[0] = 0x20;
    return uuid;
}

// Until `condition` holds; false: it did not in time.
inline bool eventually(const std::function<bool()>& condition, std::chrono::nanoseconds limit = std::chrono::seconds(20)) {
    const auto end = std::chrono::steady_clock::now() + limit;
    while (!condition()) {
        if (std::chrono::steady_clock::now() > end) return false;
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    return true;
}

inline const xen::DomainFacts* find(const State& state, std::uint32_t domid) {
    for (const xen::DomainFacts& facts : state->domains) {
        if (facts.domid == domid) return &facts;
    }
    return nullptr;
}

// Until `condition` holds for what is known of a domain.
inline bool eventually(const xen::Store& store, std::uint32_t domid,
                       const std::function<bool(const xen::DomainFacts&)>& condition) {
    return eventually([&] {
        const State state = store.state();
        const xen::DomainFacts* const facts = find(state, domid);
        return facts != nullptr && condition(*facts);
    });
}

}  // namespace virtscope::test
