// libvirt_orders URI: orders to guests of libvirt from standard input, one JSON object a line, their answers to
// standard output.
//
//     {"verb": "suspend", "name": "a", "uuid": "…", "id": 3}     {"ok": true, "already": false, "text": "paused", …}
//
// Members of an order besides these: mode, device, path, text, bytes, count, disable, paused, force, dry_run, seconds
// (of the deadline). "id" is libvirt's; without, the guest is meant that is off. An answer tells how long it took, and
// "heard": how often its progress was told.
#include <iostream>

#include <nlohmann/json.hpp>

#include "drivers/libvirt/lifecycle.h"

namespace {

using namespace virtscope;
using Json = nlohmann::json;
using Clock = std::chrono::steady_clock;

struct Counting final : Progress {
    unsigned heard = 0;
    void at(std::uint64_t, std::uint64_t) override { ++heard; }
};

Order order_of(const Json& line) {
    Order order;
    order.verb = verb_named(line.at("verb").get<std::string>()).value();
    order.target.name = line.value("name", "");
    order.target.uuid = Uuid::parse(line.value("uuid", "")).value_or(Uuid{});
    order.target.local_id = line.value("id", std::int64_t{0});
    order.target.generation = static_cast<std::uint64_t>(order.target.local_id);
    order.mode = line.value("mode", "");
    order.device = line.value("device", "");
    order.path = line.value("path", "");
    order.text = line.value("text", "");
    order.bytes = line.value("bytes", std::uint64_t{0});
    order.count = line.value("count", 0U);
    order.disable = line.value("disable", false);
    order.paused = line.value("paused", false);
    order.force = line.value("force", false);
    order.dry_run = line.value("dry_run", false);
    order.deadline = Clock::now() + std::chrono::seconds(line.value("seconds", 10));
    return order;
}

Json carry_out(Lifecycle& lifecycle, const Json& line) {
    Counting progress;
    const auto begin = Clock::now();
    const auto answer = lifecycle.carry_out(order_of(line), progress);
    Json out{{"ok", answer.has_value()}, {"heard", progress.heard}};
    out["seconds"] = std::chrono::duration<double>(Clock::now() - begin).count();
    if (answer) {
        out.update({{"already", answer->already}, {"text", answer->text}, {"guest", answer->guest.text()}});
    } else {
        out.update({{"kind", static_cast<int>(answer.error().kind)}, {"text", answer.error().message}});
    }
    return out;
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 2) return 2;
    const auto lifecycle = libvirt::make_lifecycle(argv[1], true);
    for (std::string text; std::getline(std::cin, text);) {
        std::cout << carry_out(*lifecycle, Json::parse(text)).dump() << std::endl;
    }
    return 0;
}
