#include "drivers/xen/libxl/log.h"

#include <array>
#include <cstring>

#include "core/text.h"

namespace virtscope::libxl {
namespace {

constexpr std::size_t most_lines = 64;

}  // namespace

std::string without_origin(std::string line) {
    if (line.starts_with("libxl")) {
        if (const std::size_t end = line.find(": "); end != std::string::npos) line.erase(0, end + 2);
    }
    if (line.starts_with("Domain ")) {
        const std::size_t end = line.find_first_not_of("0123456789", 7);
        if (end != std::string::npos && end > 7 && line[end] == ':') line.erase(0, end + 1);
    }
    while (line.ends_with('\n') || line.ends_with('.')) line.pop_back();
    return printable(line, 400);
}

Log::Log() : hook_{{&Log::hear, nullptr, nullptr}, this} {}

void Log::hear(xentoollog_logger* logger, xentoollog_level level, int code, const char*, const char* format,
               va_list arguments) {
    if (level < XTL_WARN) return;
    Log& log = *reinterpret_cast<Hook*>(logger)->log;
    auto& lines = level >= XTL_ERROR ? log.errors_ : log.warnings_;
    if (lines.size() >= most_lines) return;
    std::array<char, 1024> text{};
    std::vsnprintf(text.data(), text.size(), format, arguments);
    std::string line = without_origin(text.data());
    if (code > 0) line += std::string(": ") + std::strerror(code);
    lines.push_back(std::move(line));
}

std::string Log::first() const {
    if (!errors_.empty()) return errors_.front();
    return warnings_.empty() ? std::string() : warnings_.front();
}

}  // namespace virtscope::libxl
