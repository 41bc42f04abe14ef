// QdiskTalk: one question to the QEMU behind a domain's qdisks, from connecting to the answer. Never blocks.
//
// QEMU serves one client and lets others wait for its greeting, so a socket that xentop holds costs patience, no more. What
// comes is hostile where the guest has taken over its QEMU: messages are bounded by drivers/qemu/framer.h, all of them by
// the deadline.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/fd.h"
#include "core/result.h"
#include "drivers/qemu/decoder.h"
#include "drivers/qemu/framer.h"

namespace virtscope::xen {

struct QdiskAnswer {
    std::int64_t time = 0;  // CLOCK_MONOTONIC ns: halfway between question and answer
    std::vector<qemu::DiskStats> disks;
};

class QdiskTalk {
public:
    using Time = std::chrono::steady_clock::time_point;
    static constexpr auto patience = std::chrono::seconds(1);

    // Errors: absent (no socket, or nobody listens), denied, busy (too many wait for it), system.
    static Result<QdiskTalk> begin(const std::string& path, Time now);

    int fd() const { return socket_.get(); }
    Time deadline() const { return deadline_; }

    // Takes what has come. Nothing: it is not complete. Errors: timeout, absent (QEMU hung up), malformed, unsupported (QEMU
    // refuses), system.
    Result<std::optional<QdiskAnswer>> advance(qemu::Decoder& decoder, Time now);

private:
    enum class Step { greeting, capabilities, counters };

    QdiskTalk(Fd socket, Time deadline) : socket_(std::move(socket)), deadline_(deadline) {}
    Result<> receive();
    Result<std::optional<QdiskAnswer>> take(std::string_view message, qemu::Decoder& decoder);
    Result<> put(Step next, const char* question);
    std::string silence() const;

    Fd socket_;
    Time deadline_;
    qemu::Framer framer_;
    Step step_ = Step::greeting;
    std::int64_t sent_ = 0;
};

}  // namespace virtscope::xen
