// Arrange: which rows of the list are on the screen and where the bar is, once it is known what there is to show.
#pragma once

#include <optional>
#include <vector>

#include "top/session/session.h"
#include "top/source/scene.h"
#include "top/view/list/list.h"

namespace virtscope::top {

struct Arranged {
    List list;
    std::vector<RowId> rows{};  // on the screen, from the top
};

// Carries out what the session waits for (a search), follows the row that is followed, and takes down in the session
// whose row is under the bar. `scene` must outlive the result.
Arranged arrange(const Scene& scene, Session& session, std::size_t page);

// The guest as it is in the scene now; null if it is not there.
std::optional<RowId> find_guest(const Scene& scene, const Subject& guest);
Subject subject_of(const Scene& scene, RowId guest);

}  // namespace virtscope::top
