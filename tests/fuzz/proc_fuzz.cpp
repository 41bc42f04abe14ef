// Hostile kernel texts and rtnetlink answers. Besides not crashing: what a parser gives for a whole
// text it never gives differently for that text cut somewhere; cut text is told as absent.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "collectors/host_text.h"
#include "collectors/link_messages.h"
#include "collectors/process_text.h"

using namespace virtscope;

namespace {

void must(bool holds) {
    if (!holds) std::abort();
}

template <class T>
void same_or_absent(const std::optional<T>& whole, const std::optional<T>& cut) {
    must(!cut || !whole || *cut == *whole);
}

void stat(std::string_view text) {
    const auto parsed = parse_process_stat(text);
    if (parsed) must(text.ends_with('\n') && text.contains(')'));
}

void whole_and_cut(std::string_view whole, std::string_view cut) {
    const CpuTicks all = parse_cpu_ticks(whole);
    const CpuTicks some = parse_cpu_ticks(cut);
    same_or_absent(all.user, some.user);
    same_or_absent(all.steal, some.steal);
    same_or_absent(all.guest, some.guest);
    same_or_absent(parse_kb_line(whole, "MemTotal:"), parse_kb_line(cut, "MemTotal:"));
    same_or_absent(parse_pressure(whole, "some"), parse_pressure(cut, "some"));
    same_or_absent(parse_pressure(whole, "full"), parse_pressure(cut, "full"));
    same_or_absent(parse_load(whole), parse_load(cut));
    same_or_absent(parse_cpu_list(whole), parse_cpu_list(cut));
    same_or_absent(parse_cpuinfo_frequency(whole), parse_cpuinfo_frequency(cut));
    // Not so here: that there is no line about huge pages is known by a line that follows them in the
    // kernel's order, which these texts need not keep.
    (void)parse_huge_pages(whole);
    (void)parse_huge_pages(cut);
}

// Byte 0 of the input says where the second text is cut.
void texts(std::uint8_t where, std::string_view text) {
    stat(text);
    whole_and_cut(text, text.substr(0, text.size() * where / 256));
}

// The kernel's answers are aligned, as the buffers they are received in.
void answers(std::span<const char> bytes) {
    alignas(nlmsghdr) static char buffer[8192];
    const std::size_t size = std::min(bytes.size(), sizeof buffer);
    // At the end of the buffer: a step beyond its end is seen.
    char* const from = buffer + ((sizeof buffer - size) & ~std::size_t{7});
    std::copy_n(bytes.data(), size, from);
    bool interrupted = false;
    for (const std::uint32_t sequence : {0u, 1u}) {
        (void)read_dump({from, size}, sequence, interrupted, [](int, const LinkCounters&) {});
        (void)read_link_kind({from, size}, sequence);
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const std::vector<char> rest(data + 1, data + size);
    texts(data[0], {rest.data(), rest.size()});
    answers(rest);
    return 0;
}
