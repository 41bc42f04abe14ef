#include "collectors/kept_file.h"

#include <doctest/doctest.h>

#include "tests/collectors/support.h"

using namespace virtscope;
using virtscope::test::Tree;

TEST_CASE("a kept file is read anew, comes when it comes, and is nothing while it is not there") {
    const Tree tree;
    tree.remove("proc/loadavg");
    KeptFile file(tree.roots().proc + "/loadavg");
    char buffer[8];
    CHECK(file.read(buffer).empty());
    tree.write("proc/loadavg", "one");
    CHECK(file.read(buffer) == "one");
    tree.write("proc/loadavg", "two and more");
    CHECK(file.read(buffer) == "two and ");
    tree.write("proc/loadavg", "");
    CHECK(file.read(buffer).empty());
    file.close();
    tree.write("proc/loadavg", "3");
    CHECK(file.read(buffer) == "3");
    CHECK(KeptFile().read(buffer).empty());
}
