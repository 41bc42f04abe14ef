#include "exporters/rrd/sweep.h"

#include <filesystem>
#include <vector>

#include "core/uuid.h"
#include "exporters/base/complain.h"

namespace virtscope::exporters::rrd {
namespace {

namespace fs = std::filesystem;

std::vector<fs::path> folders_in(const fs::path& folder) {
    std::vector<fs::path> found;
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(folder, error)) {
        if (entry.symlink_status(error).type() == fs::file_type::directory) found.push_back(entry.path());
    }
    return found;
}

std::vector<fs::path> folders_of_guests(const Sweeping& sweeping) {
    std::vector<fs::path> found;
    for (const fs::path& folder : folders_in(sweeping.folder)) {
        if (!sweeping.collectd) {
            if (Uuid::parse(folder.filename().string())) found.push_back(folder);
            continue;
        }
        for (const fs::path& plugin : folders_in(folder)) {
            const std::string name = plugin.filename().string();
            if (name == "virt" || name.starts_with("virt-")) found.push_back(plugin);
        }
    }
    return found;
}

bool is_old(const fs::directory_entry& entry, const Sweeping& sweeping) {
    std::error_code error;
    if (entry.symlink_status(error).type() != fs::file_type::regular || entry.path().extension() != ".rrd")
        return false;
    const auto written = entry.last_write_time(error);
    if (error || fs::file_time_type::clock::now() - written < sweeping.keep) return false;
    return !sweeping.listed.contains(fs::relative(entry.path(), sweeping.folder, error).string());
}

bool remove(const fs::path& path, Store& store) {
    // Else rrdcached would write what it still has, and complain.
    if (auto forgotten = store.forget(path.string()); !forgotten) {
        complain(forgotten.error().message);
        return false;
    }
    std::error_code error;
    fs::remove(path, error);
    if (error) complain(path.string() + ": remove: " + error.message());
    return !error;
}

}  // namespace

std::size_t sweep(const Sweeping& sweeping, Store& store) {
    std::size_t removed = 0;
    for (const fs::path& folder : folders_of_guests(sweeping)) {
        std::error_code error;
        std::vector<fs::path> old;
        for (const auto& entry : fs::directory_iterator(folder, error)) {
            if (is_old(entry, sweeping)) old.push_back(entry.path());
        }
        for (const fs::path& path : old) removed += remove(path, store) ? 1 : 0;
        // Folders that are not empty stay by themselves.
        if (!old.empty() && fs::remove(folder, error) && sweeping.collectd) fs::remove(folder.parent_path(), error);
    }
    return removed;
}

}  // namespace virtscope::exporters::rrd
