#include "drivers/qemu/framer.h"

namespace virtscope::qemu {
namespace {

constexpr std::size_t keep_bytes = 16384;  // a larger buffer is given back once it is empty

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

}  // namespace

void Framer::feed(std::string_view bytes) {
    if (start_ != 0 && start_ == buffer_.size()) {
        buffer_.clear();
        if (buffer_.capacity() > keep_bytes) buffer_.shrink_to_fit();
    } else if (start_ != 0) {
        buffer_.erase(0, start_);
    }
    scanned_ -= start_;
    start_ = 0;
    buffer_.append(bytes);
}

// Moves on to the end of a message: true there, false at the end of the bytes.
Result<bool> Framer::scan() {
    while (scanned_ < buffer_.size()) {
        const char c = buffer_[scanned_++];
        if (escaped_) {
            escaped_ = false;
        } else if (in_string_) {
            if (c == '\\') escaped_ = true;
            if (c == '"') in_string_ = false;
        } else if (c == '"' && depth_ > 0) {
            in_string_ = true;
        } else if (c == '{' || c == '[') {
            if (depth_ == 0 && c == '[') return fail(ErrorKind::malformed, "monitor: sends something that is no JSON object");
            if (depth_ == 0) start_ = scanned_ - 1;
            if (++depth_ > max_message_depth) {
                return fail(ErrorKind::malformed, "monitor: message nested deeper than {}", max_message_depth);
            }
        } else if (c == '}' || c == ']') {
            if (depth_ == 0) return fail(ErrorKind::malformed, "monitor: sends brackets that do not match");
            if (--depth_ == 0) return true;
        } else if (depth_ == 0 && !is_blank(c)) {
            return fail(ErrorKind::malformed, "monitor: sends something that is no JSON object");
        }
    }
    return false;
}

Result<std::optional<std::string_view>> Framer::next() {
    const auto complete = scan();
    if (!complete) return std::unexpected(complete.error());
    if (scanned_ - start_ > max_message_bytes) {
        return fail(ErrorKind::malformed, "monitor: message larger than {} MiB", max_message_bytes >> 20);
    }
    if (!*complete) {
        if (depth_ == 0) start_ = scanned_;
        return std::nullopt;
    }
    const std::string_view message(buffer_.data() + start_, scanned_ - start_);
    start_ = scanned_;
    return message;
}

}  // namespace virtscope::qemu
