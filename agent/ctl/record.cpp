// virtscope record FILE: keeps a stretch of time.
#include <sys/stat.h>

#include "agent/ctl/output.h"
#include "agent/ctl/range.h"
#include "core/history/record.h"
#include "core/text.h"

namespace virtscope {
namespace {

// The ring itself must not become its own recording: the agent would go on writing to a file without a name.
bool is_same_file(const std::string& a, const std::string& b) {
    struct stat one {};
    struct stat other {};
    return ::stat(a.c_str(), &one) == 0 && ::stat(b.c_str(), &other) == 0 && one.st_dev == other.st_dev &&
           one.st_ino == other.st_ino;
}

void print(const std::string& file, const Recorded& done, Format format) {
    if (format == Format::json) {
        print_json({{"file", file},
                    {"frames", done.frames},
                    {"values", done.values},
                    {"bytes", done.bytes},
                    {"lost", done.lost},
                    {"from", iso_time(done.range.from)},
                    {"to", iso_time(done.range.to)}});
        return;
    }
    print_table({{"file", file},
                 {"frames", std::to_string(done.frames)},
                 {"values", std::to_string(done.values)},
                 {"bytes", human_bytes(done.bytes)},
                 {"from", iso_time(done.range.from)},
                 {"to", iso_time(done.range.to)}});
}

}  // namespace

int run_record(const Request& request) {
    auto reader = RingReader::open(request.ring);
    if (!reader) return complain(reader.error(), exit_no_ring);
    const auto newest = reader->newest();
    if (!newest)
        return complain(newest.error(), newest.error().kind == ErrorKind::absent ? exit_not_well : exit_no_ring);
    const auto range = range_of(request, (*newest)->realtime, std::chrono::nanoseconds(0));
    if (!range) return complain(range.error(), exit_usage);
    if (is_same_file(request.ring, request.subject)) {
        return complain({ErrorKind::busy, fmt::format("{}: is the ring itself: give another name", request.subject)},
                        exit_not_well);
    }
    const auto done = record(*reader, request.subject, *range, request.force);
    if (!done) return complain(done.error(), exit_not_well);
    print(request.subject, *done, request.format);
    note_lost(done->lost);
    return exit_done;
}

}  // namespace virtscope
