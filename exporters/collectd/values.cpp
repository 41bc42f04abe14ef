#include "exporters/collectd/values.h"

#include <cmath>
#include <limits>
#include <string>

#include "exporters/collectd/series.h"
#include "exporters/collectd/state.h"

namespace virtscope::exporters::collectd {
namespace {

constexpr double nanosecond = 1e-9;

Value gauge(double value) { return {.is_gauge = true, .gauge = value}; }

class Sender {
public:
    Sender(const FramePair& frames, const Plan& plan, const Options& options, const Filter& filter,
           std::int64_t interval, Sink& sink)
        : frames_(frames), frame_(*frames.now()), plan_(plan), options_(options), filter_(filter), sink_(sink) {
        sample_.plugin = options.plugin;
        sample_.interval = interval;
        for (const Series& series : all_series()) {
            if (wants(series.extra, series.type)) wanted_[static_cast<std::size_t>(series.scope)].push_back(&series);
        }
    }

    std::uint64_t send() {
        for (const std::uint32_t row : plan_.guests()) send_guest(row);
        for (const Scope scope : {Scope::Vcpu, Scope::Disk, Scope::Nic}) {
            for (const Instance& instance : plan_.instances(scope)) {
                if (is_up(instance.guest)) send_instance(scope, instance);
            }
        }
        return sent_;
    }

private:
    bool wants(Extra extra, std::string_view type) const {
        return options_.selected().has(extra) && filter_.allows_metric(std::string(type));
    }
    // A guest that is only defined has no values to speak of.
    bool is_up(std::uint32_t guest) const { return plan_.roster()->guests[guest].generation != 0; }

    void begin(Scope scope, std::uint32_t row, std::uint32_t guest) {
        const GuestFields& fields = plan_.fields(guest);
        sample_.host = fields.host;
        sample_.plugin_instance = fields.plugin_instance;
        sample_.time = frame_.realtime + (frame_.table(scope).row(row).time - frame_.monotonic);
    }
    void send(std::string_view type, std::string_view type_instance, std::span<const Value> values) {
        sample_.type = type;
        sample_.type_instance = type_instance;
        sample_.values = values;
        sink_.send(sample_);
        ++sent_;
    }
    void send_one(std::string_view type, std::string_view type_instance, double value) {
        const Value values[] = {gauge(value)};
        send(type, type_instance, values);
    }

    void send_row(Scope scope, std::uint32_t row, const Instance* instance);
    void send_guest(std::uint32_t row);
    void send_state(std::uint32_t row);
    void send_cpu_share(std::uint32_t row);
    void send_instance(Scope scope, const Instance& instance);
    void send_latency(const Instance& disk);
    double latency(std::uint32_t row, DiskMetric time, DiskMetric ops) const;

    const FramePair& frames_;
    const Frame& frame_;
    const Plan& plan_;
    const Options& options_;
    const Filter& filter_;
    Sink& sink_;
    std::array<std::vector<const Series*>, scope_count> wanted_;
    const bool memory_ = wants(Extra::always, "memory"), state_ = wants(Extra::domain_state, "domain_state"),
               share_ = wants(Extra::cpu_util, "percent"), uptime_ = wants(Extra::uptime, "uptime"),
               latency_ = wants(Extra::disk_latency, "virt_disk_latency");
    Sample sample_;
    std::uint64_t sent_ = 0;
};

std::string_view instance_of(const Series& series, const Instance* instance) {
    switch (series.named) {
        case Named::nothing: return {};
        case Named::text: return series.text;
        case Named::instance: return instance->name;
        case Named::flush: return instance->flush;
    }
    return {};
}

void Sender::send_row(Scope scope, std::uint32_t row, const Instance* instance) {
    const Table& table = frame_.table(scope);
    for (const Series* series : wanted_[static_cast<std::size_t>(scope)]) {
        std::array<Value, 2> values{};
        bool known = true;
        const std::uint64_t divisor = options_.original_units ? original_divisor(*series) : series->divisor;
        for (std::size_t i = 0; i < series->sources; ++i) {
            const auto cell = table.get(row, series->columns[i]);
            known = known && cell;
            if (!cell) continue;
            if (series->is_gauge) values[i] = gauge(static_cast<double>(*cell) / static_cast<double>(divisor));
            else values[i] = {.derive = static_cast<std::int64_t>(*cell / divisor)};
        }
        if (known) send(series->type, instance_of(*series, instance), std::span(values).first(series->sources));
    }
}

void Sender::send_guest(std::uint32_t row) {
    begin(Scope::Guest, row, row);
    if (state_) send_state(row);
    if (!is_up(row)) return;
    send_row(Scope::Guest, row, nullptr);
    auto memory = frame_.get(row, GuestMetric::memory_balloon);
    if (!memory) memory = frame_.get(row, GuestMetric::memory_max);
    if (memory_ && memory) send_one("memory", "total", static_cast<double>(*memory));
    if (share_) send_cpu_share(row);
    const auto start = frame_.get(row, GuestMetric::start_time);
    const auto now = static_cast<std::uint64_t>(frame_.realtime);
    if (uptime_ && start && *start <= now) send_one("uptime", {}, static_cast<double>(now - *start) * nanosecond);
}

void Sender::send_state(std::uint32_t row) {
    const auto state = frame_.get(row, GuestMetric::state);
    if (!state) return;
    const DomainState& known = domain_state(state_of(*state));
    const Value values[] = {gauge(known.state), gauge(known.reason)};
    send("domain_state", {}, values);
}

// Of all CPUs of the host, over the time that passed between the two readings.
void Sender::send_cpu_share(std::uint32_t row) {
    const auto rate = frames_.rate(row, GuestMetric::cpu_time);
    const auto cpus = frame_.get(0, HostMetric::cpus);
    if (!rate || !cpus || *cpus == 0) return;
    send_one("percent", "virt_cpu_total", 100 * *rate * nanosecond / static_cast<double>(*cpus));
}

void Sender::send_instance(Scope scope, const Instance& instance) {
    begin(scope, instance.row, instance.guest);
    send_row(scope, instance.row, &instance);
    if (scope == Scope::Disk && latency_) send_latency(instance);
}

double Sender::latency(std::uint32_t row, DiskMetric time, DiskMetric ops) const {
    const auto spent = frames_.increase_of(Scope::Disk, row, static_cast<std::size_t>(time));
    const auto done = frames_.increase_of(Scope::Disk, row, static_cast<std::size_t>(ops));
    if (!spent || !done || *done == 0) return std::numeric_limits<double>::quiet_NaN();
    return static_cast<double>(*spent) * nanosecond / static_cast<double>(*done);
}

void Sender::send_latency(const Instance& disk) {
    using enum DiskMetric;
    const double of_reads = latency(disk.row, read_time, read_ops);
    const double of_writes = latency(disk.row, write_time, write_ops);
    if (std::isnan(of_reads) && std::isnan(of_writes)) return;
    const Value values[] = {gauge(of_reads), gauge(of_writes)};
    send("virt_disk_latency", disk.name, values);
}

}  // namespace

std::uint64_t send_values(const FramePair& frames, const Plan& plan, const Options& options, const Filter& filter,
                          std::int64_t interval, Sink& sink) {
    return Sender(frames, plan, options, filter, interval, sink).send();
}

}  // namespace virtscope::exporters::collectd
