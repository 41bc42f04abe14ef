#include "exporters/graph/scratch.h"

#include <array>
#include <cerrno>
#include <cstdlib>
#include <utility>

#include <fcntl.h>
#include <unistd.h>

#include "exporters/rrd/library.h"

namespace virtscope::exporters::graph {
namespace {

constexpr const char* in_memory = "/dev/shm";

Result<std::string> make_folder() {
    const char* const wanted = std::getenv("TMPDIR");
    const std::string elsewhere = wanted != nullptr && *wanted != '\0' ? wanted : "/tmp";
    for (const std::string& place : {std::string(in_memory), elsewhere}) {
        std::string folder = place + "/virtscope-graph-XXXXXX";
        if (::mkdtemp(folder.data()) != nullptr) return folder;
    }
    return fail_errno(errno, "{}: make a temporary folder", elsewhere);
}

}  // namespace

Scratch::Scratch(Scratch&& other) noexcept
    : folder_(std::exchange(other.folder_, {})), path_(std::move(other.path_)), updates_(std::move(other.updates_)) {}

Scratch& Scratch::operator=(Scratch&& other) noexcept {
    std::swap(folder_, other.folder_);
    std::swap(path_, other.path_);
    std::swap(updates_, other.updates_);
    return *this;
}

Scratch::~Scratch() {
    if (folder_.empty()) return;
    ::unlink(path_.c_str());
    ::rmdir(folder_.c_str());
}

Result<Scratch> Scratch::make(const std::vector<std::string>& sources, std::int64_t begin, std::chrono::seconds step,
                              std::size_t rows) {
    const auto library = rrd::load_library();
    if (!library) return std::unexpected(library.error());
    auto folder = make_folder();
    if (!folder) return std::unexpected(folder.error());
    Scratch scratch;
    scratch.folder_ = std::move(*folder);
    scratch.path_ = scratch.folder_ + "/graph.rrd";
    std::vector<std::string> texts;
    texts.reserve(sources.size() + 1);
    for (const std::string& source : sources)
        texts.push_back(fmt::format("DS:{}:GAUGE:{}:U:U", source, 2 * step.count()));
    texts.push_back(fmt::format("RRA:AVERAGE:0.5:1:{}", rows));
    std::vector<const char*> arguments;
    arguments.reserve(texts.size());
    for (const std::string& text : texts) arguments.push_back(text.c_str());
    if ((*library)->rrd_create_r2(scratch.path_.c_str(), static_cast<unsigned long>(step.count()), begin, 0, nullptr,
                                  nullptr, static_cast<int>(arguments.size()), arguments.data()) != 0)
        return std::unexpected((*library)->last_error(scratch.path_));
    return scratch;
}

void Scratch::add(std::int64_t end, const std::vector<std::optional<double>>& values) {
    std::string text = fmt::format("{}", end);
    for (const auto& value : values) text += value ? fmt::format(":{:.15g}", *value) : ":U";
    updates_.push_back(std::move(text));
}

Result<> Scratch::write() {
    const auto library = rrd::load_library();
    if (!library) return std::unexpected(library.error());
    std::vector<const char*> arguments;
    arguments.reserve(updates_.size());
    for (const std::string& text : updates_) arguments.push_back(text.c_str());
    if (!arguments.empty() && (*library)->rrd_updatex_r(path_.c_str(), nullptr, RRD_SKIP_PAST_UPDATES,
                                                        static_cast<int>(arguments.size()), arguments.data()) != 0)
        return std::unexpected((*library)->last_error(path_));
    updates_.clear();
    return {};
}

}  // namespace virtscope::exporters::graph
