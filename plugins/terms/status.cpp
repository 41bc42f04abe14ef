#include "plugins/terms/status.h"

#include <array>

namespace virtscope::checks {
namespace {

constexpr std::array<std::string_view, 4> names{"OK", "WARNING", "CRITICAL", "UNKNOWN"};
constexpr std::array<int, 4> ranks{0, 2, 3, 1};

int rank(Status status) { return ranks.at(static_cast<std::size_t>(status)); }

}  // namespace

std::string_view status_name(Status status) { return names.at(static_cast<std::size_t>(status)); }

Status worse(Status a, Status b) { return rank(a) >= rank(b) ? a : b; }

}  // namespace virtscope::checks
