// virtscope.so behind a daemon's C ABI: what it registers, how it is configured, that nothing it meets makes a read fail.
#include <doctest/doctest.h>

#include <array>
#include <cstdarg>
#include <cstdio>
#include <stdexcept>
#include <string>
#include <vector>

#include <dlfcn.h>
#include <fmt/format.h>

#include "core/freshness.h"
#include "core/ring/writer.h"
#include "exporters/collectd/daemon.h"
#include "tests/core/tape.h"

using namespace virtscope;

namespace {

struct Daemon {
    int (*configure)(oconfig_item_t*) = nullptr;
    plugin_init_cb init = nullptr;
    plugin_read_cb read = nullptr;
    plugin_shutdown_cb shutdown = nullptr;
    std::vector<std::string> log;
    std::vector<std::string> values;  // "host/plugin/type-instance first time interval"
    std::vector<int> severities;
    bool throws = false;
};

Daemon& daemon() {
    static Daemon one;
    return one;
}

}  // namespace

extern "C" {
char daemon_host[] = "daemon.example";
char* hostname_g = daemon_host;

int plugin_register_complex_config(const char*, int (*callback)(oconfig_item_t*)) {
    daemon().configure = callback;
    return 0;
}
int plugin_register_init(const char*, plugin_init_cb callback) {
    daemon().init = callback;
    return 0;
}
int plugin_register_shutdown(const char*, plugin_shutdown_cb callback) {
    daemon().shutdown = callback;
    return 0;
}
int plugin_register_complex_read(const char*, const char*, plugin_read_cb callback, cdtime_t, user_data_t const*) {
    daemon().read = callback;
    return 0;
}
cdtime_t plugin_get_interval() { return cdtime_t{3} << 29; }  // 1.5 s
int plugin_dispatch_values(value_list_t const* list) {
    if (daemon().throws) throw std::runtime_error("of the daemon's");
    daemon().values.push_back(fmt::format("{}/{}/{}-{} {} {:.3f} {:.3f}", list->host, list->plugin, list->type,
                                          list->type_instance, list->values[0].derive,
                                          static_cast<double>(list->time) / (1 << 30),
                                          static_cast<double>(list->interval) / (1 << 30)));
    return 0;
}
int plugin_dispatch_notification(const notification_t* told) {
    daemon().severities.push_back(told->severity);
    return 0;
}
void plugin_log(int, const char* format, ...) {
    std::array<char, 1024> line{};
    va_list arguments;
    va_start(arguments, format);
    std::vsnprintf(line.data(), line.size(), format, arguments);
    va_end(arguments);
    daemon().log.emplace_back(line.data());
}
}

namespace {

// A block of collectd.conf.
class Block {
public:
    void add(const char* key, std::vector<oconfig_value_t> values) {
        values_.push_back(std::move(values));
        oconfig_item_t item{};
        item.key = const_cast<char*>(key);
        items_.push_back(item);
    }
    void add(const char* key, const char* text) {
        oconfig_value_t value{};
        value.type = OCONFIG_TYPE_STRING;
        value.value.string = const_cast<char*>(text);
        add(key, std::vector{value});
    }
    int configure() {
        for (std::size_t i = 0; i < items_.size(); ++i) {
            items_[i].values = values_[i].data();
            items_[i].values_num = static_cast<int>(values_[i].size());
        }
        oconfig_item_t block{};
        block.children = items_.data();
        block.children_num = static_cast<int>(items_.size());
        return daemon().configure(&block);
    }

private:
    std::vector<std::vector<oconfig_value_t>> values_;
    std::vector<oconfig_item_t> items_;
};

oconfig_value_t boolean(bool truth) {
    oconfig_value_t value{};
    value.type = OCONFIG_TYPE_BOOLEAN;
    value.value.boolean = truth;
    return value;
}

// Loaded once: a module is not loaded twice by a daemon either.
void* loaded() {
    static void* const handle = [] {
        void* const opened = ::dlopen(VIRTSCOPE_PLUGIN, RTLD_NOW | RTLD_LOCAL);
        REQUIRE_MESSAGE(opened != nullptr, ::dlerror());
        const auto entry = reinterpret_cast<void (*)()>(::dlsym(opened, "module_register"));
        const bool found = entry != nullptr;
        REQUIRE(found);
        entry();
        return opened;
    }();
    return handle;
}

bool logged(std::string_view part) {
    for (const std::string& line : daemon().log) {
        if (line.contains(part)) return true;
    }
    return false;
}

}  // namespace

TEST_CASE("the plugin registers, is configured, reads, and never fails a read") {
    loaded();
    const bool configurable = daemon().configure != nullptr;
    const bool too_early = daemon().read != nullptr;  // before init, when collectd has not forked yet
    REQUIRE(configurable);
    CHECK(!too_early);

    sample::Directory folder;
    const std::string ring = folder.file("ring"), state = folder.file("position");
    Block first, second, wrong;
    first.add("Ring", ring.c_str());
    first.add("StateFile", state.c_str());
    first.add("Connection", "qemu:///system");
    first.add("Whatever", "x");
    second.add("PluginName", "virt");
    second.add("IgnoreSelected", {boolean(true)});
    second.add("Domain", "guest-1-1");
    wrong.add("Domain", "/(/");
    CHECK(first.configure() == 0);
    CHECK(second.configure() == 0);
    CHECK(logged("Connection: not used"));
    CHECK(logged("unknown option Whatever"));
    CHECK(wrong.configure() != 0);
    CHECK(logged("Domain: '/(/'"));

    REQUIRE(daemon().init() == 0);
    const bool readable = daemon().read != nullptr;
    REQUIRE(readable);
    for (int reads = 0; reads < 3; ++reads) CHECK(daemon().read(nullptr) == 0);
    CHECK(daemon().severities == std::vector{NOTIF_FAILURE});

    auto writer = RingWriter::open(ring, 1 << 20);
    REQUIRE(writer);
    const Now now = read_now();
    Frame frame;
    frame.realtime = now.realtime;
    frame.monotonic = now.monotonic;
    frame.reset(sample::changed(sample::roster(2, 1), [&](Roster& roster) { roster.host.boot_id = now.boot_id; }));
    frame.set(0, AgentMetric::tick_interval, 1'000'000'000);
    for (std::size_t row = 0; row < 2; ++row) frame.set(row, GuestMetric::cpu_time, 42);
    REQUIRE(writer->publish(frame));
    CHECK(daemon().read(nullptr) == 0);
    CHECK(daemon().severities == std::vector{NOTIF_FAILURE, NOTIF_OKAY});
    REQUIRE(daemon().values.size() == 1);
    CHECK(daemon().values[0] == fmt::format("guest-1-0/virt/virt_cpu_total- 42 {:.3f} 1.500",
                                            static_cast<double>(now.realtime) / 1e9));

    // An exception stops at the border.
    frame.monotonic += 5'000'000'000;
    frame.realtime += 5'000'000'000;
    REQUIRE(writer->publish(frame));
    daemon().throws = true;
    CHECK(daemon().read(nullptr) == 0);
    CHECK(logged("of the daemon's"));
    CHECK(daemon().shutdown() == 0);
    CHECK(daemon().read(nullptr) == 0);
}

TEST_CASE("of its symbols it shows collectd one") {
    CHECK(::dlsym(loaded(), "module_register") != nullptr);
    CHECK(::dlsym(loaded(), "_ZN9virtscope10RingReader4openERKNSt7__cxx1112basic_stringIcSt11char_traitsIcESaIcEEE") == nullptr);
}
