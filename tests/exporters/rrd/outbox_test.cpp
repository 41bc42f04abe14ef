#include "exporters/rrd/outbox.h"

#include <doctest/doctest.h>

#include <atomic>
#include <map>
#include <mutex>
#include <set>
#include <thread>

#include "tests/core/tape.h"

using namespace virtscope;
using namespace virtscope::exporters;
using namespace virtscope::exporters::rrd;
using namespace std::chrono_literals;

namespace {

// A store that keeps what it is given, and does as it is told.
class FakeStore final : public Store {
public:
    std::atomic<bool> away{false}, full{false};
    std::atomic<std::int64_t> step{10};
    std::vector<std::string> sources{"value"};
    std::set<std::string> refused;                            // paths
    std::map<std::string, std::vector<std::string>> updates;  // by path: "10:1"
    std::set<std::string> made;

    Result<Existing> prepare(const File& file, std::int64_t begin, const Making&) override {
        if (full) return fail(ErrorKind::system, "no space left");
        const std::scoped_lock lock(mutex);
        made.insert(file.path);
        return Existing{.step = step, .last = begin, .sources = sources};
    }
    Result<std::vector<Refused>> update(std::span<const Update> given) override {
        if (away) return fail(ErrorKind::absent, "gone");
        const std::scoped_lock lock(mutex);
        std::vector<Refused> result;
        for (std::size_t i = 0; i < given.size(); ++i) {
            const std::string path = *given[i].path;
            if (refused.contains(path)) {
                result.push_back({i, {ErrorKind::denied, path + ": no"}});
            } else if (!made.contains(path)) {
                result.push_back({i, {ErrorKind::absent, path + ": No such file"}});
            } else {
                keep(path, std::string(given[i].values));
            }
        }
        return result;
    }
    Result<> forget(const std::string&) override { return {}; }

    std::vector<std::string> of(const std::string& path) {
        const std::scoped_lock lock(mutex);
        return updates["/rrd/" + path];
    }
    std::mutex mutex;

private:
    void keep(const std::string& path, const std::string& values) {
        for (std::size_t begin = 0; begin < values.size();) {
            const std::size_t end = std::min(values.find(' ', begin), values.size());
            updates[path].push_back(values.substr(begin, end - begin));
            begin = end + 1;
        }
    }
};

using Strings = std::vector<std::string>;

struct Scene {
    FakeStore store;
    Maker maker{store, {10s, 20s, Archives::compact}};
    Outbox outbox{store, maker, "/rrd", 10s};
    FileType type{.scope = Scope::Guest,
                  .name = "cpu",
                  .sources = {{.name = "value", .column = static_cast<std::size_t>(GuestMetric::cpu_time)}}};
    std::map<std::string, Series> series;

    Step step(std::int64_t end, const std::vector<std::string>& paths, bool anew = false) {
        Step made{.end = end, .text = {}, .values = {}, .resume = {}};
        for (const std::string& path : paths) {
            auto& each = series.try_emplace(path, PlannedFile{.path = path, .type = &type}).first->second;
            const std::string text = ":" + std::to_string(end * 2);
            made.values.push_back({.series = &each, .anew = anew, .begin = made.text.size(), .length = text.size()});
            made.text += text;
        }
        return made;
    }
    void send(const Step& made) { REQUIRE(outbox.send(made)); }
    // Until what was ordered is made and sent.
    void wait() {
        for (int i = 0; i < 500 && !outbox.holds_nothing(); ++i) {
            REQUIRE(outbox.settle());
            std::this_thread::sleep_for(2ms);
        }
        REQUIRE(outbox.holds_nothing());
    }
};

}  // namespace

TEST_CASE("values wait for their file and come in order") {
    Scene scene;
    scene.send(scene.step(100, {"a", "b"}));
    scene.send(scene.step(110, {"a", "b"}));
    CHECK(!scene.outbox.holds_nothing());
    scene.wait();
    scene.send(scene.step(120, {"a", "b"}));
    CHECK(scene.store.of("a") == Strings{"100:200", "110:220", "120:240"});
    CHECK(scene.store.of("b") == Strings{"100:200", "110:220", "120:240"});
    CHECK(scene.outbox.updates() >= 4);
}

TEST_CASE("a step that begins anew says so a second before its end") {
    Scene scene;
    scene.send(scene.step(100, {"a"}));
    scene.wait();
    scene.send(scene.step(110, {"a"}, true));
    CHECK(scene.store.of("a") == Strings{"100:200", "109:U", "110:220"});
}

TEST_CASE("a store that is away gets everything once") {
    Scene scene;
    scene.send(scene.step(100, {"a"}));
    scene.wait();
    scene.store.away = true;
    const Step late = scene.step(110, {"a", "new"});
    CHECK(!scene.outbox.send(late));
    CHECK(!scene.outbox.send(late));
    CHECK(scene.outbox.holds_nothing());
    scene.store.away = false;
    scene.send(late);
    scene.wait();
    CHECK(scene.store.of("a") == Strings{"100:200", "110:220"});
    CHECK(scene.store.of("new") == Strings{"110:220"});
}

TEST_CASE("a file that is removed is made again, and its value is not lost") {
    Scene scene;
    scene.send(scene.step(100, {"a", "b"}));
    scene.wait();
    {
        const std::scoped_lock lock(scene.store.mutex);
        scene.store.made.erase("/rrd/a");
    }
    scene.send(scene.step(110, {"a", "b"}));
    scene.wait();
    CHECK(scene.store.of("a") == Strings{"100:200", "110:220"});
    CHECK(scene.store.of("b") == Strings{"100:200", "110:220"});
}

TEST_CASE("a file that cannot be written is put aside and counted, others go on") {
    Scene scene;
    scene.send(scene.step(100, {"a", "b"}));
    scene.wait();
    scene.store.refused = {"/rrd/a"};
    scene.send(scene.step(110, {"a", "b"}));
    scene.send(scene.step(120, {"a", "b"}));
    CHECK(scene.store.of("a") == Strings{"100:200"});
    CHECK(scene.store.of("b") == Strings{"100:200", "110:220", "120:240"});
    CHECK(scene.outbox.dropped() == 2);
}

TEST_CASE("where everything is refused, the step stays with the caller") {
    Scene scene;
    scene.send(scene.step(100, {"a", "b"}));
    scene.wait();
    scene.store.refused = {"/rrd/a", "/rrd/b"};
    CHECK(!scene.outbox.send(scene.step(110, {"a", "b"})));
    scene.store.refused.clear();
    scene.send(scene.step(110, {"a", "b"}));
    CHECK(scene.store.of("a") == Strings{"100:200", "110:220"});
    CHECK(scene.outbox.dropped() == 0);
}

TEST_CASE("while files cannot be made values are held, up to a bound") {
    Scene scene;
    scene.store.full = true;
    std::vector<std::string> paths(2000);
    for (std::size_t i = 0; i < paths.size(); ++i) paths[i] = "file" + std::to_string(i);
    std::int64_t end = 1'700'000'000;
    Result<> sent;
    for (int i = 0; i < 5000 && sent; ++i) sent = scene.outbox.send(scene.step(end += 10, paths));
    REQUIRE(!sent);
    CHECK(sent.error().kind == ErrorKind::busy);
}

TEST_CASE("another step on the disk ends it, with the fix") {
    Scene scene;
    scene.store.step = 60;
    scene.send(scene.step(100, {"a"}));
    Result<> settled;
    for (int i = 0; i < 500 && settled; ++i) {
        settled = scene.outbox.settle();
        std::this_thread::sleep_for(2ms);
    }
    REQUIRE(!settled);
    CHECK(settled.error().kind == ErrorKind::malformed);
    CHECK(settled.error().message.find("--step 60s") != std::string::npos);
}

TEST_CASE("a file with its sources in another order, or with others, is written as it is") {
    Scene scene;
    scene.store.sources = {"foreign", "value"};
    scene.send(scene.step(100, {"a"}));
    scene.wait();
    scene.send(scene.step(110, {"a"}));
    scene.send(scene.step(120, {"a"}, true));
    CHECK(scene.store.of("a") == Strings{"100:U:200", "110:U:220", "119:U:U", "120:U:240"});
}
