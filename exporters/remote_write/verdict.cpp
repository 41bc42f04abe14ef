#include "exporters/remote_write/verdict.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "core/text.h"

namespace virtscope::exporters::remote_write {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t most_said = 200;  // bytes of the receiver's words
constexpr std::chrono::milliseconds first_wait = 500ms, longest_wait = 30s;
constexpr std::chrono::seconds longest_wish = 1h;

}  // namespace

Answer judge(long status, std::string_view body, std::optional<std::chrono::seconds> retry_after) {
    if (status >= 200 && status < 300) return {.verdict = Verdict::accepted, .what = {}, .retry_after = {}};
    while (!body.empty() && (body.back() == '\n' || body.back() == '\r')) body.remove_suffix(1);
    std::string what = fmt::format("HTTP {}", status);
    if (!body.empty()) what += ": " + printable(body, most_said);
    // What people mend at the receiver's door: credentials, an address, a proxy.
    constexpr std::array mended{401L, 403L, 404L, 407L, 408L, 429L};
    const bool is_our_fault = status >= 400 && status < 500 && std::ranges::find(mended, status) == mended.end();
    // A redirection is not followed, for it would take the token along; what waits is not lost by it.
    return {.verdict = is_our_fault ? Verdict::refused : Verdict::later, .what = what, .retry_after = retry_after};
}

std::chrono::nanoseconds Backoff::next(std::optional<std::chrono::seconds> retry_after) {
    const auto whole = std::min(first_wait * (std::int64_t{1} << doubled_), longest_wait);
    if (whole < longest_wait) ++doubled_;
    std::uniform_int_distribution<std::int64_t> shortened(whole.count() / 2, whole.count());
    const std::chrono::nanoseconds wait = std::chrono::milliseconds(shortened(random_));
    return retry_after ? std::max<std::chrono::nanoseconds>(wait, std::min(*retry_after, longest_wish)) : wait;
}

}  // namespace virtscope::exporters::remote_write
