// What Domain, BlockDevice and InterfaceDevice select, as collectd's lists do: nothing listed lets everything through,
// else what is listed is kept, or with IgnoreSelected left out.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "core/uuid.h"
#include "exporters/base/pattern.h"

namespace virtscope::exporters::collectd {

class Selected {
public:
    // A name, a /regular expression/, and as everywhere in virtscope a glob or a UUID. Errors: malformed.
    Result<> add(std::string_view pattern);

    bool keeps(const std::string& name, bool ignore_selected) const;
    bool keeps(const std::string& name, const Uuid& uuid, bool ignore_selected) const;

private:
    std::vector<Pattern> patterns_;
};

}  // namespace virtscope::exporters::collectd
