// External labels: those that every series gets beside its own, from `--label NAME=VALUE`.
#pragma once

#include <string>
#include <vector>

#include "core/result.h"
#include "exporters/base/census.h"

namespace virtscope::exporters::remote_write {

class External {
public:
    External() = default;
    // `words`: NAME=VALUE each; an empty value takes the label away. Without a `host` among them it is `host_name`.
    // Names are [a-z][a-zA-Z0-9_]*: so __name__ comes before all of them. Errors: malformed, naming the label.
    static Result<External> parse(const std::vector<std::string>& words, const std::string& host_name);

    // Views into this object, in no order that matters.
    const std::vector<std::pair<std::string, std::string>>& all() const { return labels_; }

private:
    std::vector<std::pair<std::string, std::string>> labels_;
};

// Where among a row's labels that of a StateSet belongs: they are all called virt_…, and no other label is.
struct Sorted {
    std::string text;       // labels, sorted by name and encoded (wire.h)
    std::size_t split = 0;  // of `text`: a label virt_… stands here
};

Sorted encode_sorted(std::vector<Label> labels, const External& external);

}  // namespace virtscope::exporters::remote_write
