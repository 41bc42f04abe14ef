#include "drivers/xen/libxl/cfg.h"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <climits>

#include "core/text.h"

namespace virtscope::libxl {

Cfg::Report::Report() : stream(::open_memstream(&text, &size)) {
    if (stream == nullptr) std::abort();
}

Cfg::Report::~Report() {
    (void)std::fclose(stream);  // to memory
    std::free(text);
}

std::string Cfg::Report::take() {
    (void)std::fflush(stream);
    std::string said(text + taken, size - taken);
    taken = size;
    return printable(said.substr(0, said.find('\n')));
}

Cfg::Cfg() : report_(std::make_unique<Report>()), parser_(xlu_cfg_init(report_->stream, "line"), &xlu_cfg_destroy) {
    if (parser_ == nullptr) std::abort();
}

Result<Cfg> Cfg::read(std::string_view text) {
    Cfg made;
    if (text.size() > INT_MAX || text.find('\0') != std::string_view::npos) {
        return fail(ErrorKind::malformed, "the configuration is too long, or no text");
    }
    std::string whole(text);
    if (!whole.ends_with('\n')) whole += '\n';  // libxlutil wants it
    if (xlu_cfg_readdata(made.parser_.get(), whole.data(), static_cast<int>(whole.size())) != 0) {
        return fail(ErrorKind::malformed, "the configuration is neither XML nor like xl.cfg: {}", made.report_->take());
    }
    made.keys_ = keys_of(whole);
    for (std::size_t i = 0; i < made.keys_.size(); ++i) {
        const auto first = std::ranges::find(made.keys_, made.keys_[i].name, &CfgKey::name);
        if (made.keys_[i].adds || first - made.keys_.begin() == static_cast<std::ptrdiff_t>(i)) continue;
        return fail(ErrorKind::malformed, "line {}: {} is set already in line {}", made.keys_[i].line,
                    made.keys_[i].name, first->line);
    }
    return made;
}

const CfgKey* Cfg::find(const char* key) {
    asked_.emplace_back(key);
    const auto found = std::ranges::find(keys_, key, &CfgKey::name);
    return found == keys_.end() || fault_ ? nullptr : &*found;
}

void Cfg::refuse(const char* key, ErrorKind kind, std::string_view why) {
    if (fault_) return;
    const auto found = std::ranges::find(keys_, key, &CfgKey::name);
    fault_ = found == keys_.end() ? Error{kind, fmt::format("{}: {}", key, why)}
                                  : Error{kind, fmt::format("line {}: {}: {}", found->line, key, why)};
}

std::optional<std::string> Cfg::text(const char* key) {
    if (find(key) == nullptr) return std::nullopt;
    const char* value = nullptr;
    if (xlu_cfg_get_string(parser_.get(), key, &value, 1) == 0) return std::string(value);
    refuse(key, ErrorKind::malformed, "is no string");
    return std::nullopt;
}

std::optional<std::uint64_t> Cfg::number(const char* key, std::uint64_t least, std::uint64_t most) {
    const auto written = text(key);
    if (!written) return std::nullopt;
    std::uint64_t value = 0;
    const char* const end = written->data() + written->size();
    const auto [stopped, code] = std::from_chars(written->data(), end, value);
    if (code == std::errc() && stopped == end && value >= least && value <= most) return value;
    refuse(key, ErrorKind::malformed,
           fmt::format("\"{}\" is no number from {} to {}", printable(*written, 32), least, most));
    return std::nullopt;
}

std::optional<bool> Cfg::yes(const char* key) {
    const auto value = number(key, 0, 1);
    return value ? std::optional(*value == 1) : std::nullopt;
}

std::vector<std::string> Cfg::list(const char* key) {
    std::vector<std::string> found;
    if (find(key) == nullptr) return found;
    XLU_ConfigList* items = nullptr;
    int count = 0;
    if (xlu_cfg_get_list(parser_.get(), key, &items, &count, 1) != 0) {
        if (const auto alone = text(key)) found.push_back(*alone);
        return found;
    }
    for (int i = 0; i < count; ++i) {
        const char* const item = xlu_cfg_get_listitem(items, i);
        if (item == nullptr)
            refuse(key, ErrorKind::malformed, "is no list of strings");
        else
            found.emplace_back(item);
    }
    return found;
}

void Cfg::disk(const char* key, const std::string& spec, libxl_device_disk& disk) {
    const char* const specs[] = {spec.c_str()};
    if (fault_ || xlu_disk_parse(parser_.get(), 1, specs, &disk) == 0) return;
    refuse(key, ErrorKind::malformed, fmt::format("\"{}\": {}", printable(spec), report_->take()));
}

void Cfg::rate(const char* key, const std::string& rate, libxl_device_nic& nic) {
    if (fault_ || xlu_vif_parse_rate(parser_.get(), rate.c_str(), &nic) == 0) return;
    refuse(key, ErrorKind::malformed, fmt::format("rate \"{}\": {}", printable(rate, 32), report_->take()));
}

void Cfg::nothing_else() {
    for (const CfgKey& key : keys_) {
        if (std::ranges::find(asked_, key.name) != asked_.end()) continue;
        return refuse(key.name.c_str(), ErrorKind::unsupported,
                      "virtscope does not know this key; see docs/xen-lifecycle.md");
    }
}

}  // namespace virtscope::libxl
