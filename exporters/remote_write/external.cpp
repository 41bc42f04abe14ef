#include "exporters/remote_write/external.h"

#include <algorithm>
#include <array>

#include "core/text.h"
#include "exporters/remote_write/wire.h"

namespace virtscope::exporters::remote_write {
namespace {

constexpr std::size_t longest_label = 64;  // bytes of a name
constexpr std::size_t most_labels = 32;    // so that a series stays small beside a batch
constexpr std::string_view own_prefix = "virt_";
// What rows, infos and the exporter's own metrics are told apart by.
constexpr std::array<std::string_view, 18> own_names{
    "uuid",   "guest",   "vcpu", "disk",   "nic",  "cpu",  "node",       "filesystem", "display",
    "driver", "machine", "id",   "source", "name", "arch", "hypervisor", "kernel",     "version"};

bool is_small(char c) { return c >= 'a' && c <= 'z'; }
bool is_inside(char c) { return is_small(c) || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_'; }

Result<> check_name(const std::string& name) {
    const bool plain =
        !name.empty() && name.size() <= longest_label && is_small(name.front()) && std::ranges::all_of(name, is_inside);
    if (!plain)
        return fail(ErrorKind::malformed,
                    "--label {}: a name is a small letter, then letters, digits and _, at most {}", printable(name, 80),
                    longest_label);
    if (name == "exporter" || name.starts_with(own_prefix) || std::ranges::find(own_names, name) != own_names.end())
        return fail(ErrorKind::malformed, "--label {}: is a label of virtscope's own: take another name", name);
    return {};
}

}  // namespace

Result<External> External::parse(const std::vector<std::string>& words, const std::string& host_name) {
    External external;
    if (words.size() > most_labels) return fail(ErrorKind::malformed, "--label: at most {} can be given", most_labels);
    for (const std::string& word : words) {
        const std::size_t equals = word.find('=');
        if (equals == std::string::npos)
            return fail(ErrorKind::malformed, "--label {}: must be NAME=VALUE", printable(word, 80));
        const std::string name = word.substr(0, equals);
        if (auto good = check_name(name); !good) return std::unexpected(good.error());
        if (std::ranges::any_of(external.labels_, [&](const auto& label) { return label.first == name; }))
            return fail(ErrorKind::malformed, "--label {}: is given twice", name);
        external.labels_.emplace_back(name, exported_text(std::string_view(word).substr(equals + 1)));
    }
    const bool has_host =
        std::ranges::any_of(external.labels_, [](const auto& label) { return label.first == "host"; });
    if (!has_host) external.labels_.emplace_back("host", exported_text(host_name));
    std::erase_if(external.labels_, [](const auto& label) { return label.second.empty(); });
    return external;
}

Sorted encode_sorted(std::vector<Label> labels, const External& external) {
    for (const auto& [name, value] : external.all()) labels.push_back({name, value});
    std::ranges::sort(labels, {}, &Label::name);
    Sorted sorted;
    for (const Label& label : labels) {
        // An empty value means that there is no such label, and may not stand on the wire.
        if (label.value.empty()) continue;
        append_label(sorted.text, label.name, label.value);
        if (label.name < own_prefix) sorted.split = sorted.text.size();
    }
    return sorted;
}

}  // namespace virtscope::exporters::remote_write
