#include <doctest/doctest.h>

#include "drivers/xen/store_paths.h"

using namespace virtscope;
using namespace virtscope::xen;

TEST_CASE("xen store paths: where facts are") {
    const auto uuid = Uuid::parse("20C32B6E-e757-11f1-b26f-daca0e35ba0c");
    REQUIRE(uuid);
    CHECK(name_path(7) == "/local/domain/7/name");
    CHECK(target_path(0) == "/local/domain/0/memory/target");
    CHECK(start_path(*uuid) == "/vm/20c32b6e-e757-11f1-b26f-daca0e35ba0c/start_time");
    CHECK(backend_path(Kind::qdisk) == "/local/domain/0/backend/qdisk");
    CHECK(backend_path(Kind::vif, 3, 1) == "/local/domain/0/backend/vif/3/1");
}

TEST_CASE("xen store paths: what a watch that fired says") {
    CHECK(change_of("/local/domain/5/name") == Change{.domid = 5, .name = true});
    CHECK(change_of("/local/domain/5/memory/target") == Change{.domid = 5, .target = true});
    CHECK(change_of("/local/domain/5") == Change{.domid = 5, .name = true, .target = true});
    CHECK(change_of("/local/domain/5/memory") == Change{.domid = 5, .target = true});
    CHECK(change_of("/local/domain/0/name") == Change{.domid = 0, .name = true});
    CHECK(change_of("/local/domain/0/backend/vbd") == Change{.kinds = bit_of(Kind::vbd)});
    CHECK(change_of("/local/domain/0/backend") == Change{.kinds = every_kind});
    CHECK(change_of("/") == Change{.name = true, .target = true, .kinds = every_kind});
    CHECK(change_of("/local/domain/0/backend/vif/9") == Change{.domid = 9, .kinds = bit_of(Kind::vif)});
    const Change disk{.domid = 9, .kinds = bit_of(Kind::qdisk), .device = 51712};
    CHECK(change_of("/local/domain/0/backend/qdisk/9/51712") == disk);
    for (const char* const leaf : {"dev", "params", "sectors", "sector-size"}) {
        CHECK(change_of(std::string("/local/domain/0/backend/qdisk/9/51712/") + leaf) == disk);
    }
    CHECK(change_of("/local/domain/0/backend/vif/9/0/vifname"));
}

TEST_CASE("xen store paths: what is not read is ignored") {
    for (const char* const path :
         {"", "name", "@releaseDomain", "/local/domain/5/control/shutdown", "/local/domain/5/names", "/local/domain/-1/name",
          "/local/domain/4294967296/name", "/local/domain/05/name", "/local/domain/0/backend/vbd/9/51712/state",
          "/local/domain/0/backend/vbd/9/51712/feature-flush-cache", "/local/domain/0/backend/vif/9/0/params",
          "/local/domain/0/backend/vbd/9/51712/dev/x", "/local/domain/0/backend/vbd/9/x", "/local/domain/0/backend/console/1",
          "/local/domain/0/backend/vbd//51712", "/local/domain/0/backends", "/local/domain/", "/vm", "/local/domain/5/vm"}) {
        CAPTURE(path);
        CHECK_FALSE(change_of(path));
    }
    // Another domain's backends: of a driver domain, which owns them.
    CHECK_FALSE(change_of("/local/domain/4/backend/vbd/9/51712"));
}
