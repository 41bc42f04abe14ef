#include "exporters/collectd/line_sink.h"

#include "core/write_all.h"
#include "exporters/base/complain.h"
#include "exporters/collectd/putval.h"

namespace virtscope::exporters::collectd {
namespace {

constexpr std::size_t much = 64 << 10;  // bytes

}  // namespace

void LineSink::send(const Sample& sample) {
    append_putval(kept_, sample);
    flush_if_much();
}

void LineSink::send(const Notification& notification) {
    append_putnotif(kept_, notification);
    flush_if_much();
}

void LineSink::say(Level, std::string_view line) { complain(line); }

void LineSink::flush_if_much() {
    if (kept_.size() >= much) (void)flush().has_value();  // told by the next flush()
}

Result<> LineSink::flush() {
    if (written_ && !kept_.empty()) written_ = write_all(fd_, kept_, "standard output");
    kept_.clear();
    return written_;
}

}  // namespace virtscope::exporters::collectd
