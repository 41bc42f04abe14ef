// StoreLink: one connection to xenstored, for one thread. Nothing waits longer than `patience` for an answer, and not at all
// once `stop` is readable. Watches that fire are handed on as they come, also while an answer is awaited.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "drivers/xen/store_place.h"
#include "drivers/xen/store_wire.h"

namespace virtscope::xen {

class StoreLink {
public:
    struct Terms {
        std::chrono::nanoseconds patience{};  // with each answer
        int stop = -1;                        // a descriptor; readable: nothing is awaited any more
        // Is told the path with which a watch fired. Asks nothing of the link.
        std::function<void(std::string_view)> fired;
    };
    StoreLink(StoreSocket socket, Terms terms);

    // Whether the connection broke, was given up or is to stop. All calls answer nothing from then on, so who has asked for
    // something looks here before believing that it is absent.
    bool is_broken() const { return broken_; }
    // Why, with the fix; empty: `stop`.
    const std::string& trouble() const { return trouble_; }

    // What is asked for at once is on its way together. The answers are in the order of the paths.
    // The values' bytes; none: there is no such node, or it may not be read.
    std::vector<std::optional<std::string>> read(std::span<const std::string> paths);
    // Names of the nodes below; none are below a node that is not there.
    std::vector<std::vector<std::string>> list(std::span<const std::string> paths);
    // False: refused, refusal() says why. A watch fires once when it is set.
    std::vector<bool> watch(std::span<const std::string> paths);
    void unwatch(std::span<const std::string> paths);
    // Asks for something that is always there.
    void probe();

    // Readable when there is something to hear.
    int descriptor() const { return socket_.fd.get(); }
    // Takes what came by itself; whether a watch fired. Never waits.
    bool hear();

    std::int64_t heard_at() const { return heard_at_; }  // CLOCK_MONOTONIC, ns: when anything came
    const std::string& refusal() const { return refusal_; }  // the last one: "EQUOTA"

private:
    struct Answer {
        bool came = false;
        bool granted = false;
        std::string text;  // of a refusal: the error's name
    };
    struct Round {
        MessageType type{};
        std::uint32_t first = 0;   // number of the first question
        std::uint32_t asked = 0;
        std::size_t answered = 0;
        std::vector<Answer> answers;
    };
    std::vector<Answer> ask(MessageType type, std::span<const std::string> paths);
    void send_more(Round& round, std::span<const std::string> paths);
    std::string question_of(MessageType type, std::string_view path);
    void flush();
    void wait(std::int64_t until);
    bool receive();
    void take(Round* round);
    void take_answer(const Message& message, Round* round);
    std::vector<std::string> list_in_parts(const std::string& path);
    void give_up(std::string trouble);

    StoreSocket socket_;
    Terms terms_;
    MessageBuffer in_;
    std::string out_;  // what is left of the question that is being sent
    std::uint32_t next_request_ = 1;
    std::uint64_t events_ = 0;
    std::int64_t heard_at_ = 0;
    bool broken_ = false;
    std::string trouble_;
    std::string refusal_;
};

}  // namespace virtscope::xen
