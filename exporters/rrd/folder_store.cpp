// RRDs that are written directly: simple, and dear for many guests, for each update opens its file.
#include <cerrno>
#include <cstring>
#include <map>

#include <unistd.h>

#include "exporters/rrd/library.h"
#include "exporters/rrd/store.h"

namespace virtscope::exporters::rrd {
namespace {

// "ds[read].index" -> "read"
std::string source_of(std::string_view key) {
    constexpr std::string_view front = "ds[", back = "].index";
    if (!key.starts_with(front) || !key.ends_with(back)) return {};
    return std::string(key.substr(front.size(), key.size() - front.size() - back.size()));
}

class FolderStore final : public Store {
public:
    FolderStore(const Library& library, std::string folder) : library_(library), folder_(std::move(folder)) {}

    Result<Existing> prepare(const File& file, std::int64_t begin, const Making& making) override {
        if (auto made = make_folder_of(file.path, folder_); !made) return std::unexpected(made.error());
        if (::access(file.path.c_str(), F_OK) != 0) {
            auto made = create(file, begin, making);
            if (!made) return fail(ErrorKind::system, "{}", made.error().message);
        }
        return look(file.path);
    }

    Result<std::vector<Refused>> update(std::span<const Update> updates) override {
        std::vector<Refused> refused;
        for (std::size_t i = 0; i < updates.size(); ++i) {
            if (auto done = update_one(updates[i]); !done) refused.push_back({i, done.error()});
        }
        return refused;
    }

    Result<> forget(const std::string&) override { return {}; }

private:
    Result<> create(const File& file, std::int64_t begin, const Making& making) const {
        const auto texts = definitions(*file.type, making);
        std::vector<const char*> arguments;
        arguments.reserve(texts.size());
        for (const std::string& text : texts) arguments.push_back(text.c_str());
        library_.rrd_clear_error();
        // A file that appears meanwhile is not overwritten.
        if (library_.rrd_create_r2(file.path.c_str(), static_cast<unsigned long>(making.step.count()), begin, 1,
                                   nullptr, nullptr, static_cast<int>(arguments.size()), arguments.data()) != 0)
            return std::unexpected(library_.last_error(file.path));
        return {};
    }

    Result<Existing> look(const std::string& path) const {
        library_.rrd_clear_error();
        rrd_info_t* const info = library_.rrd_info_r(path.c_str());
        if (info == nullptr) return std::unexpected(library_.last_error(path));
        Existing found;
        std::map<unsigned long, std::string> sources;
        for (const rrd_info_t* each = info; each != nullptr; each = each->next) {
            if (std::strcmp(each->key, "step") == 0) found.step = static_cast<std::int64_t>(each->value.u_cnt);
            if (std::strcmp(each->key, "last_update") == 0) found.last = static_cast<std::int64_t>(each->value.u_cnt);
            if (std::string name = source_of(each->key); !name.empty()) sources[each->value.u_cnt] = std::move(name);
        }
        library_.rrd_info_free(info);
        for (auto& [index, name] : sources) found.sources.push_back(std::move(name));
        return found;
    }

    Result<> update_one(const Update& update) const {
        std::vector<std::string> texts;
        for (std::size_t begin = 0; begin < update.values.size();) {
            const std::size_t end = std::min(update.values.find(' ', begin), update.values.size());
            texts.emplace_back(update.values.substr(begin, end - begin));
            begin = end + 1;
        }
        std::vector<const char*> arguments;
        arguments.reserve(texts.size());
        for (const std::string& text : texts) arguments.push_back(text.c_str());
        library_.rrd_clear_error();
        if (library_.rrd_updatex_r(update.path->c_str(), nullptr, RRD_SKIP_PAST_UPDATES,
                                   static_cast<int>(arguments.size()), arguments.data()) != 0)
            return std::unexpected(library_.last_error(*update.path));
        return {};
    }

    const Library& library_;
    std::string folder_;
};

}  // namespace

Result<std::unique_ptr<Store>> open_folder_store(const std::string& folder) {
    const auto library = load_library();
    if (!library) return std::unexpected(library.error());
    return std::make_unique<FolderStore>(**library, folder);
}

}  // namespace virtscope::exporters::rrd
