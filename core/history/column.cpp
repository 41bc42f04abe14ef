#include "core/history/column.h"

#include "core/roster.h"
#include "core/text.h"

namespace virtscope {
namespace {

bool has_instances(Scope scope) {
    return guest_list(scope) != nullptr || host_list(scope) != nullptr;
}

// One guest's series have no host in them.
bool fits(Scope scope, Scope own) {
    return own == Scope::Host || scope == Scope::Guest || guest_list(scope) != nullptr;
}

std::string names_of(Scope scope) {
    std::string out;
    for (const Metric& metric : metrics(scope)) out += (out.empty() ? "" : ", ") + std::string(metric.name);
    return out;
}

std::unexpected<Error> no_metric(std::string_view text, Scope scope) {
    return fail(ErrorKind::malformed, "'{}': {} has no such metric; it has {}", printable(text, 80), scope_name(scope),
                names_of(scope));
}

}  // namespace

Result<Column> parse_column(std::string_view text, Scope own) {
    const std::size_t first = text.find('.');
    if (first == std::string_view::npos) {
        const auto metric = column_by_name(own, text);
        if (!metric) return no_metric(text, own);
        return Column{.scope = own, .metric = *metric, .instance = {}};
    }
    const auto scope = scope_by_name(text.substr(0, first));
    if (!scope || !fits(*scope, own)) {
        return fail(ErrorKind::malformed,
                    "'{}': a metric of {}, or of guest, vcpu, disk, nic, filesystem or display, is wanted, as in "
                    "disk.read_bytes",
                    printable(text, 80), own == Scope::Host ? "host, agent, cpu, node" : "the guest");
    }
    // Names of devices may have dots, those of metrics have none.
    const std::size_t last = text.rfind('.');
    const auto metric = column_by_name(*scope, text.substr(last + 1));
    if (!metric) return no_metric(text, *scope);
    Column column{.scope = *scope, .metric = *metric, .instance = {}};
    if (last == first) return column;
    column.instance = text.substr(first + 1, last - first - 1);
    if (has_instances(*scope) && !column.instance.empty()) return column;
    return fail(ErrorKind::malformed, "'{}': write {}.{} without a name between", printable(text, 80),
                scope_name(*scope), column.about().name);
}

std::string column_name(const Column& column, Scope own) {
    std::string metric(column.about().name);
    if (column.scope == own) return metric;
    const std::string scope(scope_name(column.scope));
    return column.instance.empty() ? fmt::format("{}.{}", scope, metric)
                                   : fmt::format("{}.{}.{}", scope, column.instance, metric);
}

}  // namespace virtscope
