#include "exporters/collectd/options.h"

#include <algorithm>

#include "core/text.h"
#include "exporters/collectd/words.h"

namespace virtscope::exporters::collectd {

const Extras& Options::selected() const {
    static const Extras everything = Extras::all();
    return extras_given || as_virt() ? extras : everything;
}

Result<std::string> set_option(Options& options, std::string_view key, std::string_view value) {
    const auto all = all_options();
    const auto found = std::ranges::find_if(all, [&](const Option& option) { return same_word(option.key, key); });
    if (found == all.end()) return fail(ErrorKind::absent, "unknown option {}", printable(key, 40));
    auto set = found->set(options, value);
    if (!set) return fail(set.error().kind, "{}: {}", found->key, set.error().message);
    if (!set->empty()) return fmt::format("{}: {}", found->key, *set);
    return set;
}

}  // namespace virtscope::exporters::collectd
