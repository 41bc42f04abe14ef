// virtscope-libxl: carries out one order to a Xen guest, for the agent, which starts it
// (drivers/xen/lifecycle_helper.h). The order is its standard input, reports go to its standard output; it ends with 0
// when it has given an answer or an error.
//
//     virtscope-libxl                   an order
//     virtscope-libxl keep DOMID UUID   the keeper of a domain (keeper.h)
#include <unistd.h>
#include <array>
#include <cerrno>
#include <charconv>
#include <csignal>
#include <cstring>
#include <span>

#include "core/text.h"
#include "drivers/xen/libxl/keeper.h"
#include "drivers/xen/libxl/verbs.h"

namespace virtscope::libxl {
namespace {

constexpr std::size_t most_order = std::size_t{32} << 20;

Result<std::string> read_input() {
    std::string text;
    std::array<char, 65536> block{};
    for (;;) {
        const ssize_t got = ::read(STDIN_FILENO, block.data(), block.size());
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return fail_errno(errno, "read the order");
        if (got == 0) return text;
        text.append(block.data(), static_cast<std::size_t>(got));
        if (text.size() > most_order) return fail(ErrorKind::malformed, "the order is too long");
    }
}

Result<Answer> obey(Output& output) {
    const auto text = read_input();
    if (!text) return std::unexpected(text.error());
    const auto order = xen::read_order(*text);
    if (!order) return std::unexpected(order.error());
    Log log;
    const auto context = open_context(log);
    if (!context) return std::unexpected(context.error());
    return carry_out({*order, context->get(), log, output});
}

int run_order() {
    Output output;
    auto answer = obey(output);
    output.report(answer ? xen::Report(std::move(*answer)) : xen::Report(std::move(answer.error())));
    return 0;
}

int run_keeper(const char* number, const char* identity) {
    std::uint32_t domid = 0;
    const char* const end = number + std::strlen(number);
    const auto [stopped, code] = std::from_chars(number, end, domid);
    const auto uuid = Uuid::parse(identity);
    if (code != std::errc() || stopped != end || domid == 0 || !uuid) return 2;
    return keep(domid, *uuid);
}

}  // namespace
}  // namespace virtscope::libxl

int main(int argc, char** argv) {
    const std::span<char*> arguments(argv, static_cast<std::size_t>(argc));
    std::signal(SIGPIPE, SIG_IGN);  // an agent that restarts must not end a save
    if (argc == 1) return virtscope::libxl::run_order();
    if (argc == 4 && std::strcmp(arguments[1], "keep") == 0)
        return virtscope::libxl::run_keeper(arguments[2], arguments[3]);
    std::fputs("usage: virtscope-libxl < ORDER (JSON; the agent starts it, see docs/xen-lifecycle.md)\n", stderr);
    return 2;
}
