#include "agent/ctl/order_output.h"

#include <algorithm>

#include "agent/ctl/output.h"
#include "core/text.h"

namespace virtscope {
namespace {

using control::Outcome;

std::string path_or(const Order& order, const char* otherwise) {
    return order.path.empty() ? otherwise : printable(order.path);
}

// What a guest's definition says may hold anything, a terminal's escapes too; a file or a pipe gets it as it is.
std::string shown_text(const std::string& text, const Console& console) {
    if (!console.may_ask) return text;
    std::string shown;
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t end = std::min(text.find('\n', at), text.size());
        std::string line = text.substr(at, end - at);
        std::ranges::replace(line, '\t', ' ');
        shown += printable(line, line.size()) + '\n';
        at = end + 1;
    }
    return shown;
}

void print_found(const std::string& text, const Console& console) {
    const std::string shown = shown_text(text, console);
    std::fprintf(console.out, "%s%s", shown.c_str(), shown.ends_with('\n') ? "" : "\n");
}

}  // namespace

std::string order_subject(const OrderRequest& request, const control::Reply& reply) {
    if (!reply.name.empty()) return printable(reply.name);
    if (!request.wish.guest.empty()) return printable(request.wish.guest);
    if (!request.wish.order.name.empty()) return printable(request.wish.order.name);
    return path_or(request.wish.order, reply.guest.is_nil() ? "new guest" : reply.guest.text().c_str());
}

std::string order_text(const Order& order) {
    std::string text(verb_name(order.verb));
    switch (order.verb) {
        case Verb::setmem: return fmt::format("{} to {} ({} bytes)", text, human_bytes(order.bytes), order.bytes);
        case Verb::setvcpus: return fmt::format("{} to {}", text, order.count);
        case Verb::save: return fmt::format("{} to {}", text, printable(order.path));
        case Verb::restore: return fmt::format("{} from {}", text, printable(order.path));
        case Verb::autostart: return order.disable ? text + " off" : text + " on";
        case Verb::change_media: return fmt::format("{} to {}", text, printable(order.path));
        default: break;
    }
    return order.mode.empty() ? text : fmt::format("{} ({})", text, printable(order.mode));
}

void print_reply(const OrderRequest& request, const control::Reply& reply, const Console& console) {
    const Order& order = request.wish.order;
    if (reply.outcome != Outcome::done && reply.outcome != Outcome::already) {
        const std::string line =
            printable(reply.error.empty() ? "refused, the agent does not say why" : reply.error, 1024);
        std::fprintf(console.err, "virtscope: %s\n", line.c_str());
        return;
    }
    if (only_looks(order.verb) && !order.dry_run) return print_found(reply.text, console);
    const char* const phase = reply.outcome == Outcome::already ? "nothing to do, it is so already"
                              : order.dry_run                   ? "would be requested; nothing was done"
                                                                : "requested";
    const std::string more = reply.text.empty() ? "" : ": " + printable(reply.text, 1024);
    std::fprintf(console.out, "%s: %s %s%s\n", order_subject(request, reply).c_str(), order_text(order).c_str(), phase,
                 more.c_str());
    std::fflush(console.out);
}

void print_order_json(const OrderRequest& request, const control::Reply& reply, std::optional<bool> observed,
                      const Console& console) {
    Json json{{"verb", verb_name(request.wish.order.verb)},
              {"guest", order_subject(request, reply)},
              {"uuid", reply.guest.is_nil() ? Json(nullptr) : Json(reply.guest.text())},
              {"result", control::outcome_name(reply.outcome)},
              {"observed", observed ? Json(*observed) : Json(nullptr)},
              {"dry_run", request.wish.order.dry_run},
              {"text", reply.text}};
    if (!reply.error.empty()) json["error"] = reply.error;
    if (!reply.id.empty()) json["id"] = reply.id;
    std::fprintf(console.out, "%s\n", json.dump(2, ' ', false, Json::error_handler_t::replace).c_str());
}

void ProgressLine::show(const control::ProgressLine& progress) {
    const auto now = std::chrono::steady_clock::now();
    if (!request_.progress || progress.total == 0 || now < next_) return;
    next_ = now + std::chrono::milliseconds(100);
    const auto done = std::min(progress.done, progress.total);
    const double part = static_cast<double>(done) / static_cast<double>(progress.total);
    const auto filled = static_cast<std::size_t>(part * 30);
    std::fprintf(console_.err, "\r[%s%s] %3.0f%%  %s of %s  ", std::string(filled, '#').c_str(),
                 std::string(30 - filled, '.').c_str(), part * 100, human_bytes(done).c_str(),
                 human_bytes(progress.total).c_str());
    std::fflush(console_.err);
    shown_ = true;
}

ProgressLine::~ProgressLine() {
    if (shown_) std::fputc('\n', console_.err);
}

}  // namespace virtscope
