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
    return {absent   ? ErrorKind::absent
            : denied ? ErrorKind::denied
                     : ErrorKind::system,
            fmt::format("{}: rrdcached: {}", path, printable(message, 300))};
}

// Of "17 illegal attempt to update using time 1700000010.000000 when last update time is 1700000020.000000 (…)" the
// second time.
std::optional<std::int64_t> last_of(std::string_view line) {
    constexpr std::string_view says = "when last update time is ";
    if (!has(line, "illegal attempt to update")) return std::nullopt;
    const std::size_t at = line.find(says);
    return at == std::string_view::npos ? 0 : number(line.substr(at + says.size()));
}

// What of "9:U 10:17 20:18" is after a time.
std::string_view after(std::string_view values, std::int64_t last) {
    while (!values.empty() && number(values) <= last)
        values.remove_prefix(std::min(values.find(' '), values.size() - 1) + 1);
    return values;
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
        std::vector<Refused> refused;
        std::vector<Going> going;
        going.reserve(updates.size());
        for (std::size_t i = 0; i < updates.size(); ++i) going.push_back({i, updates[i].values});
        // At the first value that it has already rrdcached leaves the others of the line: they are sent again by
        // themselves.
        while (!going.empty()) {
            const auto failed = updates_.batch(text_of(updates, going));
            if (!failed) return std::unexpected(failed.error());
            std::vector<Going> again;
            for (const std::string& line : *failed) {
                const auto which = static_cast<std::size_t>(number(line)) - 1;
                if (which >= going.size()) continue;
                const Going& each = going[which];
                if (const auto last = last_of(line)) {
                    if (const auto rest = after(each.values, *last); !rest.empty() && rest.size() < each.values.size())
                        again.push_back({each.update, rest});
                    continue;
                }
                const std::size_t blank = std::min(line.find(' '), line.size());
                refused.push_back(
                    {each.update, refusal(*updates[each.update].path, std::string_view(line).substr(blank))});
            }
            going = std::move(again);
        }
        return refused;
    }

    Result<> forget(const std::string& path) override {
        const auto done = files_.ask("FORGET " + Daemon::quoted(path));
        if (!done) return std::unexpected(done.error());
        return {};  // refused: it knew nothing of the file
    }

private:
    struct Going {
        std::size_t update;
        std::string_view values;
    };

    std::string_view text_of(std::span<const Update> updates, const std::vector<Going>& going) {
        text_.clear();
        for (const Going& each : going) {
            text_ += "UPDATE ";
            text_ += Daemon::quoted(*updates[each.update].path);
            text_ += ' ';
            text_ += each.values;
            text_ += '\n';
        }
        return text_;
    }

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
