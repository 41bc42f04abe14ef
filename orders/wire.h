// Wire: what passes through the agent's control socket. A unix stream socket (default /run/virtscope/control); each
// message is a JSON object in a line, at most 5 MiB. A connection carries one order: the client sends it, the agent
// answers with any number of progress lines and one last line, and closes.
//
//     > {"verb":"shutdown","guest":"web01","mode":"acpi","timeout_ms":10000}
//     < {"progress":{"done":1048576,"total":4194304}}
//     < {"result":"done","text":"","uuid":"…","name":"web01","id":"00000000000000000012-7"}
//
// Results are the exit codes of the command by name; "error" then is the line for a person.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "drivers/lifecycle.h"

namespace virtscope::control {

inline constexpr const char* default_socket = "/run/virtscope/control";
inline constexpr std::size_t longest_line = 5U << 20;

// What became of an order. The numbers are the exit codes of `virtscope VERB`.
enum class Outcome : std::uint8_t {
    done = 0,       // accepted by the hypervisor
    failed = 1,     // the hypervisor or the system refused: backend error
    usage = 2,      // the order itself is wrong
    no_agent = 3,   // the agent cannot be reached (never on the wire)
    already = 4,    // it was so before; nothing was done
    not_found = 5,  // no such guest, device or file
    ambiguous = 6,  // more than one guest has that name: candidates are in the error
    denied = 7,
    unsupported = 8,  // by this driver, or for this guest
    timed_out = 9,    // not accepted in time, or (with --wait) not observed in time
    busy = 10,        // wrong state for it: exists already, is running, another order is under way
    unknown = 11,     // the agent went away in the middle: look at the guest before trying again
};
inline constexpr std::size_t outcome_count = 12;
std::string_view outcome_name(Outcome outcome);  // "done", "not-found"
std::optional<Outcome> outcome_named(std::string_view name);
Outcome outcome_of(ErrorKind kind);

// An order as the client writes it: the guest is named, not resolved.
struct Wish {
    Order order;         // target, deadline: not yet known
    std::string guest;   // name, UUID or id
    std::string driver;  // define, create, deploy, restore: "qemu", "libvirt", …; empty: the agent chooses
    std::chrono::milliseconds timeout{10'000};
};

struct Reply {
    Outcome outcome = Outcome::failed;
    std::string text;   // of Answer
    std::string error;  // a line for a person; empty when done
    Uuid guest;
    std::string name;  // of that guest
    std::string id;    // of the order in the journal
};

// Without the newline. parse: errors malformed, naming the field; unknown fields are refused.
std::string wish_line(const Wish& wish);
Result<Wish> parse_wish(std::string_view line);
std::string reply_line(const Reply& reply);
Result<Reply> parse_reply(std::string_view line);
std::string progress_line(std::uint64_t done, std::uint64_t total);
struct ProgressLine {
    std::uint64_t done = 0, total = 0;
};
std::optional<ProgressLine> parse_progress(std::string_view line);  // none: the line is no progress

}  // namespace virtscope::control
