#include "core/ring/verify.h"

#include <algorithm>
#include <array>
#include <cerrno>

#include <fcntl.h>
#include <sys/stat.h>

#include "core/fd.h"
#include "core/ring/examination.h"
#include "core/ring/file.h"
#include "core/ring/holder.h"
#include "core/ring/verify_text.h"

namespace virtscope {
namespace {

using ring::ConstantPart;
using ring::Front;

struct Opened {
    Fd fd;
    struct stat status {};
    ring::HeaderPage header{};

    std::uint64_t size() const { return static_cast<std::uint64_t>(status.st_size); }
    std::uint64_t size_told() const { return ring::page + header.constant.capacity + header.constant.image; }
};

Result<Opened> open(const std::string& path) {
    Opened opened;
    // O_NONBLOCK: a FIFO must not hang us.
    opened.fd = Fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
    if (!opened.fd && errno == ENOENT) return fail(ErrorKind::absent, "{}: no such ring", path);
    if (!opened.fd) return fail_errno(errno, "{}: open", path);
    if (::fstat(opened.fd.get(), &opened.status) != 0) return fail_errno(errno, "{}: stat", path);
    if (!S_ISREG(opened.status.st_mode)) return opened;
    auto header = ring::read_header(opened.fd.get(), path);
    if (!header) return std::unexpected(header.error());
    opened.header = *header;
    return opened;
}

// Not another version but damage: with our version the CRC is right.
bool is_ours(ConstantPart constant) {
    constant.version = ring::format_version;
    return constant.crc == ring::constant_crc(constant);
}

Condition condition_of(const Opened& opened) {
    if (!S_ISREG(opened.status.st_mode)) return Condition::no_ring;
    const ConstantPart& constant = opened.header.constant;
    switch (ring::examine(opened.header, opened.size())) {
        case Front::unfinished: return Condition::unfinished;
        case Front::no_ring: return Condition::no_ring;
        case Front::other_byte_order: return Condition::other_byte_order;
        case Front::other_version: return is_ours(constant) ? Condition::contradictory : Condition::other_version;
        case Front::other_catalogue: return Condition::other_catalogue;
        case Front::damaged: return opened.size() < sizeof constant ? Condition::cut_short : Condition::contradictory;
        case Front::ready: break;
    }
    return opened.size() < opened.size_told() ? Condition::cut_short : Condition::whole;
}

// A recording is never overwritten: it counts what it was given. Not believed beyond what it has room for.
std::uint64_t frames_given(const ring::Words& words) {
    return std::min(words.published, (words.head - words.tail) / sizeof(ring::RecordHeader));
}

// What is missing where the file is damaged, nothing else may tell; where it is not, the count is what is wrong.
void compare_count(std::uint64_t given, Verdict& verdict) {
    if (verdict.damaged != 0 || verdict.condition == Condition::cut_short) {
        verdict.frames_told = given >= verdict.frames ? given : verdict.frames_told;
    } else if (given != verdict.frames) {
        ++verdict.damaged;
    }
}

// The condition so far is `whole` or `cut_short`.
void examine_content(const Opened& opened, const std::string& path, Verdict& verdict) {
    const ring::RingFile file(opened.fd.get(), path, opened.header.constant);
    verdict.recording = file.is_recording();
    if (opened.size() < sizeof opened.header) return;
    const auto found = ring::examine_frames(file);
    if (!found) {
        verdict.condition = Condition::contradictory;
        verdict.frames_told = ring::count_recognised(file);
        return;
    }
    verdict.frames = found->frames;
    verdict.frames_told = found->told;
    verdict.values = found->values;
    verdict.from = found->from;
    verdict.to = found->to;
    // Who wrote it is in two places, one of them whole at any time.
    verdict.damaged = found->damaged + (ring::newest_slot(opened.header) == nullptr ? 1 : 0);
    verdict.given_up = found->given_up;
    if (verdict.recording) compare_count(frames_given(opened.header.words), verdict);
    if (verdict.damaged != 0 && verdict.condition == Condition::whole) verdict.condition = Condition::damaged;
}

Verdict unreadable(const Error& error) {
    Verdict verdict;
    verdict.condition = Condition::unreadable;
    verdict.problem = error.message;
    return verdict;
}

}  // namespace

std::string_view condition_name(Condition condition) {
    static constexpr std::array<std::string_view, 10> names{
        "whole",         "damaged",          "unreadable",      "not-a-ring",    "cut-short",
        "other-version", "other-byte-order", "other-catalogue", "contradictory", "unfinished"};
    return names.at(static_cast<std::size_t>(condition));
}

Verdict examine_ring(const std::string& path) {
    const auto opened = open(path);
    if (!opened) return unreadable(opened.error());
    Verdict verdict;
    verdict.condition = condition_of(*opened);
    verdict.bytes = opened->size();
    verdict.version = opened->header.constant.version;
    const ring::WriterSlot* const slot = ring::newest_slot(opened->header);
    if (S_ISREG(opened->status.st_mode)) {
        verdict.writer = ring::process_writing(opened->status, slot == nullptr ? 0 : slot->pid);
    }
    if (verdict.condition == Condition::whole || verdict.condition == Condition::cut_short) {
        examine_content(*opened, path, verdict);
    }
    if (verdict.condition != Condition::whole) verdict.problem = fmt::format("{}: {}", path, explain(verdict));
    return verdict;
}

}  // namespace virtscope
