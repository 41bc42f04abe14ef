// Filter: which rows of a list somebody wants to see.
//
// Terms divided by blanks, all of which must hold: text that is somewhere in the guest's or the device's name, capitals
// or not; /REGEX/ (POSIX extended) for the same names; state:NAME (running, paused, off, …, or the letter; stale);
// host:TEXT; driver:TEXT; is:tagged. "!" before a term is its opposite; "|" within a term's text is "or".
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "top/view/list/row.h"

namespace virtscope::top {

class Filter {
public:
    // Errors: malformed, names the term and the accepted form.
    static Result<Filter> parse(std::string_view text);

    bool is_empty() const { return terms_.empty(); }
    const std::string& text() const { return text_; }  // as it was typed
    // `tagged`: asked only where a term is about it.
    bool keeps(View list, const RowContext& row, const std::function<bool(const RowContext&)>& tagged) const;

private:
    struct Term;
    std::string text_;
    std::vector<std::shared_ptr<const Term>> terms_;
};

// True if the text is in the guest's or device's name, capitals or not: what search goes by.
bool name_contains(View list, const RowContext& row, std::string_view text);

}  // namespace virtscope::top
