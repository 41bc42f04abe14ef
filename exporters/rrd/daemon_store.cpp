// RRDs behind rrdcached: it makes, checks and writes them; we need neither librrd nor the right to write.
#include <algorithm>
#include <charconv>
#include <map>

#include "core/text.h"
#include "exporters/rrd/daemon.h"
#include "exporters/rrd/store.h"

namespace virtscope::exporters::rrd {
namespace {

std::int64_t number(std::string_view text) {
    std::int64_t value = 0;
    std::from_chars(text.data(), text.data() + text.size(), value);
    return value;
}

// Lines "ds[read].index 1 0", "step 1 10": key, kind, value.
Existing existing_of(const std::vector<std::string>& lines) {
    Existing found;
    std::map<std::int64_t, std::string> sources;
    for (const std::string_view line : lines) {
        const std::size_t key = line.find(' ');
        const std::size_t kind = key == std::string_view::npos ? key : line.find(' ', key + 1);
        if (kind == std::string_view::npos) continue;
        const std::string_view name = line.substr(0, key);
        const std::int64_t value = number(line.substr(kind + 1));
        if (name == "step") found.step = value;
        if (name == "last_update") found.last = value;
        if (name.starts_with("ds[") && name.ends_with("].index")) sources[value] = name.substr(3, name.size() - 10);
    }
    for (auto& [index, name] : sources) found.sources.push_back(std::move(name));
    return found;
}

bool has(std::string_view text, std::string_view part) { return text.find(part) != std::string_view::npos; }

Error refusal(const std::string& path, std::string_view message) {
    const bool absent = has(message, "No such file");
    const bool denied = has(message, "Permission denied");
    return {absent ? ErrorKind::absent : denied ? ErrorKind::denied : ErrorKind::system,
            fmt::format("{}: rrdcached: {}", path, printable(message, 300))};
}

// Not that file's alone, whatever it is: it is waited for.
std::unexpected<Error> trouble(const Error& error) { return fail(ErrorKind::system, "{}", error.message); }

class DaemonStore final : public Store {
public:
    DaemonStore(Daemon updates, Daemon files, std::string folder)
        : updates_(std::move(updates)), files_(std::move(files)), folder_(std::move(folder)) {}

    Result<Existing> prepare(const File& file, std::int64_t begin, const Making& making) override {
        const std::string ask = "INFO " + Daemon::quoted(file.path);
        auto info = files_.ask(ask);
        if (!info) return trouble(info.error());
        if (info->code < 0 && refusal(file.path, info->message).kind == ErrorKind::absent) {
            if (auto made = create(file, begin, making); !made) return std::unexpected(made.error());
            info = files_.ask(ask);
            if (!info) return trouble(info.error());
        }
        if (info->code < 0) return std::unexpected(refusal(file.path, info->message));
        return existing_of(info->lines);
    }

    Result<std::vector<Refused>> update(std::span<const Update> updates) override {
        if (updates.empty()) return std::vector<Refused>();
        text_.clear();
        for (const Update& update : updates) {
            text_ += "UPDATE ";
            text_ += Daemon::quoted(*update.path);
            text_ += ' ';
            text_ += update.values;
            text_ += '\n';
        }
        const auto failed = updates_.batch(text_);
        if (!failed) return std::unexpected(failed.error());
        std::vector<Refused> refused;
        for (const std::string& line : *failed) {
            const auto which = static_cast<std::size_t>(number(line)) - 1;
            const std::size_t blank = std::min(line.find(' '), line.size());
            // It is there already: it was sent before we went away.
            if (which >= updates.size() || has(line, "illegal attempt to update")) continue;
            refused.push_back({which, refusal(*updates[which].path, std::string_view(line).substr(blank))});
        }
        return refused;
    }

    Result<> forget(const std::string& path) override {
        const auto done = files_.ask("FORGET " + Daemon::quoted(path));
        if (!done) return std::unexpected(done.error());
        return {};  // refused: it knew nothing of the file
    }

private:
    Result<> create(const File& file, std::int64_t begin, const Making& making) {
        std::string command =
            fmt::format("CREATE {} -s {} -b {} -O", Daemon::quoted(file.path), making.step.count(), begin);
        for (const std::string& text : definitions(*file.type, making)) command += " " + text;
        auto done = files_.ask(command);
        if (done && done->code < 0 && (has(done->message, "No such file") || has(done->message, "recursively"))) {
            // Without -R rrdcached makes no folders, and says so in more lines than it announces.
            files_.disconnect();
            if (auto made = make_folder_of(file.path, folder_); !made) return trouble(made.error());
            done = files_.ask(command);
        }
        if (!done) return trouble(done.error());
        if (done->code < 0) return trouble(refusal(file.path, done->message));
        return {};
    }

    Daemon updates_, files_;  // each in a thread of its own
    std::string folder_;
    std::string text_;
};

}  // namespace

Result<std::unique_ptr<Store>> open_daemon_store(const std::string& address, const std::string& folder) {
    auto updates = Daemon::at(address);
    auto files = Daemon::at(address);
    if (!updates || !files) return std::unexpected(updates.error());
    return std::make_unique<DaemonStore>(std::move(*updates), std::move(*files), folder);
}

}  // namespace virtscope::exporters::rrd
