// RowTexts: the labels of all rows and infos of a roster as they stand on the wire; made once a roster.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "exporters/base/census.h"
#include "exporters/remote_write/external.h"

namespace virtscope::exporters::remote_write {

// A row's labels, which __name__ comes before; a StateSet's own label stands between the two.
struct RowText {
    std::string_view before, after;
};

class RowTexts {
public:
    RowTexts(const Census& census, const Filter& filter, const External& external);

    // Of the i-th exported row of the scope (Census::rows).
    RowText at(Scope scope, std::size_t i) const;
    // The same in one piece: no two rows of a scope have the same.
    std::string_view key(Scope scope, std::size_t i) const;
    std::size_t count(Scope scope) const { return of(scope).places.size(); }

    // Info series, each with all its labels and __name__.
    const std::vector<std::string>& infos() const { return infos_; }

private:
    struct Place {
        std::uint32_t begin, split, end;
    };
    struct PerScope {
        std::string all;
        std::vector<Place> places;
    };
    const PerScope& of(Scope scope) const { return scopes_[static_cast<std::size_t>(scope)]; }
    void take_infos(const Census& census, const Filter& filter, const External& external);

    std::array<PerScope, scope_count> scopes_;
    std::vector<std::string> infos_;
};

}  // namespace virtscope::exporters::remote_write
