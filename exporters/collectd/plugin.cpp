// virtscope.so: the plugin as collectd loads it. It exports module_register and nothing else; no exception leaves it;
// threads and files are begun in the init callback, when collectd has forked.
#include <exception>
#include <memory>
#include <string>
#include <utility>

#include "exporters/collectd/daemon_sink.h"
#include "exporters/collectd/feed.h"
#include "exporters/collectd/plugin_config.h"

namespace virtscope::exporters::collectd {
namespace {

const char* const plugin_name = "virtscope";
const char* const default_state_file = "virtscope.position";  // in collectd's BaseDir, where it runs

// collectd configures, then initialises, then reads in a thread of its own, one call at a time, then shuts down.
struct Plugin {
    Options options;
    std::unique_ptr<Feed> feed;
};

Plugin& plugin() {
    static Plugin loaded;
    return loaded;
}

void say(Level level, const std::string& line) { DaemonSink().say(level, line); }

// What a callback of collectd returns: `act`'s, or `otherwise` when it could not be done.
template <class Act>
int guarded(int otherwise, Act act) noexcept {
    try {
        return act();
    } catch (const std::exception& error) {
        plugin_log(LOG_ERR, "virtscope plugin: %s", error.what());
    } catch (...) {
        plugin_log(LOG_ERR, "virtscope plugin: an unknown exception");
    }
    return otherwise;
}

int on_config(oconfig_item_t* block) {
    return guarded(-1, [&] {
        DaemonSink log;
        const auto done = configure(plugin().options, *block, log);
        if (!done) say(Level::error, done.error().message);
        return done ? 0 : -1;
    });
}

// An agent that is away must not make collectd read ever more rarely, so this never fails.
int on_read(user_data_t*) {
    return guarded(0, [] {
        DaemonSink sink;
        if (plugin().feed) plugin().feed->read(sink);
        return 0;
    });
}

int on_init() {
    return guarded(-1, [] {
        const std::chrono::nanoseconds interval(nanoseconds_of(plugin_get_interval()));
        Options& options = plugin().options;
        if (options.state_file.empty()) options.state_file = default_state_file;
        const std::string host = hostname_g != nullptr ? hostname_g : "localhost";
        plugin().feed = std::make_unique<Feed>(options, Filter(), host, interval);
        return plugin_register_complex_read(nullptr, plugin_name, on_read, 0, nullptr);
    });
}

int on_shutdown() {
    return guarded(0, [] {
        plugin().feed.reset();
        return 0;
    });
}

}  // namespace
}  // namespace virtscope::exporters::collectd

extern "C" __attribute__((visibility("default"))) void module_register() {
    using namespace virtscope::exporters::collectd;
    plugin_register_complex_config(plugin_name, on_config);
    plugin_register_init(plugin_name, on_init);
    plugin_register_shutdown(plugin_name, on_shutdown);
}
