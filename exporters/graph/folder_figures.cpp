#include <algorithm>
#include <filesystem>
#include <set>

#include "core/text.h"
#include "exporters/graph/figures.h"
#include "exporters/graph/words.h"
#include "exporters/rrd/file_name.h"

namespace virtscope::exporters::graph {
namespace {

namespace fs = std::filesystem;

// A source in a type of file, and what its values are multiplied with to be in the catalogue's unit.
struct Home {
    const rrd::FileType* type;
    const rrd::Source* source;
};

std::optional<Home> home_of(const Column& column, bool collectd) {
    for (const rrd::FileType& type : collectd ? rrd::collectd_types() : rrd::native_types()) {
        if (type.scope != column.scope) continue;
        for (const rrd::Source& source : type.sources) {
            if (source.column == column.metric && source.translate == nullptr) return Home{&type, &source};
        }
    }
    return std::nullopt;
}

class FolderFigures final : public Figures {
public:
    FolderFigures(const std::string& folder, const rrd::LayoutOptions& layout, const Subject& subject)
        : collectd_(layout.collectd), whole_host_(!subject.uuid) {
        const rrd::Layout paths(layout, Filter());
        root_ = folder;
        folder_ = folder + "/" +
                  (subject.uuid ? paths.folder(subject.name, subject.uuid->text(), subject.host) : std::string("host"));
    }

    Result<std::vector<std::string>> instances(Scope scope) override {
        if (auto there = check(); !there) return std::unexpected(there.error());
        std::set<std::pair<std::size_t, std::string>> names;  // "9" before "10"
        for (const rrd::FileType& type : collectd_ ? rrd::collectd_types() : rrd::native_types()) {
            if (type.scope != scope) continue;
            for (const std::string& name : instances_of(type, folder_)) names.emplace(name.size(), name);
        }
        std::vector<std::string> all;
        all.reserve(names.size());
        for (const auto& [size, name] : names) all.push_back(name);
        return all;
    }

    Result<Defined> define(const std::vector<Quantity>& quantities) override {
        if (auto there = check(); !there) return std::unexpected(there.error());
        Defined defined;
        std::string some;  // variable of a file
        for (const Quantity& quantity : quantities) {
            if (define(quantity, defined)) {
                some = quantity.name + "_0";
            } else {
                defined.unknown.push_back(quantity.name);
            }
        }
        if (some.empty()) return defined;
        for (const std::string& name : defined.unknown) {
            // RRDtool takes the steps of what is never known from a variable that has some.
            for (const char* const suffix : {"", "_max"})
                defined.arguments.push_back(fmt::format("CDEF:{}{}={},POP,UNKN", name, suffix, some));
        }
        return defined;
    }

private:
    Result<> check() const {
        std::error_code error;
        if (fs::is_directory(folder_, error)) return {};
        if (whole_host_ && collectd_)
            return fail(ErrorKind::absent,
                        "collectd's layout has no files of the host: leave out --dir, or use the "
                        "native layout");
        return fail(ErrorKind::absent, "{}: no such folder: is --layout right?", printable(folder_, 300));
    }

    static std::vector<std::string> instances_of(const rrd::FileType& type, const std::string& folder) {
        std::vector<std::string> names;
        std::error_code error;
        const std::string front = type.name + "-";
        for (const auto& entry : fs::directory_iterator(folder, error)) {
            const std::string name = entry.path().filename().string();
            if (!name.starts_with(front) || !name.ends_with(".rrd")) continue;
            const auto text =
                rrd::text_of_file_name(std::string_view(name).substr(front.size(), name.size() - front.size() - 4));
            // "memory-rss" is no instance of a "memory" that there is.
            if (text) names.push_back(*text);
        }
        return names;
    }

    std::vector<std::string> files_of(const rrd::FileType& type, const Column& column) const {
        const bool single = column.scope == Scope::Guest || column.scope == Scope::Host || column.scope == Scope::Agent;
        std::vector<std::string> names;
        if (whole_host_ && (column.scope == Scope::Guest || guest_list(column.scope) != nullptr))
            return files_of_all_guests(type);
        if (single) {
            names = {""};
        } else if (column.instance.empty()) {
            names = instances_of(type, folder_);
        } else {
            names = {column.instance};
        }
        std::vector<std::string> files;
        for (const std::string& name : names) {
            std::string path = folder_ + "/" + rrd::Layout::file(type, name);
            std::error_code error;
            if (fs::is_regular_file(path, error)) files.push_back(std::move(path));
        }
        return files;
    }

    // The host's own disks and cards are not measured: it is what its guests do, those that are gone by now included.
    std::vector<std::string> files_of_all_guests(const rrd::FileType& type) const {
        std::vector<std::string> files;
        std::error_code error;
        for (const auto& entry : fs::directory_iterator(root_, error)) {
            if (!Uuid::parse(entry.path().filename().string())) continue;
            const std::string folder = entry.path().string();
            const bool single = type.scope == Scope::Guest;
            for (const std::string& name : single ? std::vector<std::string>{""} : instances_of(type, folder)) {
                std::string path = folder + "/" + rrd::Layout::file(type, name);
                if (fs::is_regular_file(path, error)) files.push_back(std::move(path));
            }
        }
        std::ranges::sort(files);
        return files;
    }

    // The sum over all files: unknown where all of them are. Whether there is a file.
    bool define(const Quantity& quantity, Defined& defined) const {
        const auto home = home_of(quantity.column, collectd_);
        const auto files = home ? files_of(*home->type, quantity.column) : std::vector<std::string>();
        if (files.empty()) return false;
        for (const auto& [suffix, function] : {std::pair("", "AVERAGE"), std::pair("_max", "MAX")}) {
            std::string sum;
            for (std::size_t f = 0; f < files.size(); ++f) {
                const std::string part = fmt::format("{}{}_{}", quantity.name, suffix, f);
                defined.arguments.push_back(
                    fmt::format("DEF:{}={}:{}:{}", part, escaped(files[f]), home->source->name, function));
                sum += f == 0 ? part : "," + part + ",ADDNAN";
            }
            defined.arguments.push_back(
                fmt::format("CDEF:{}{}={},{},*", quantity.name, suffix, sum, home->source->divisor));
        }
        return true;
    }

    bool collectd_, whole_host_;
    std::string root_, folder_;
};

}  // namespace

std::unique_ptr<Figures> figures_of_folder(const std::string& folder, const rrd::LayoutOptions& layout,
                                           const Subject& subject) {
    return std::make_unique<FolderFigures>(folder, layout, subject);
}

}  // namespace virtscope::exporters::graph
