// Lists: order, filter, columns.
#include "top/view/list/list.h"

#include <algorithm>

#include <doctest/doctest.h>

#include "builder.h"
#include "top/view/list/filter.h"

using namespace virtscope;
using namespace virtscope::top;
using namespace virtscope::top::test;

namespace {

using Rows = std::vector<std::size_t>;

// Four guests, each first by another key; the last has no CPU figures at all.
Pair four() {
    Pair pair({{.name = "delta", .id = 7},
               {.name = "alpha", .id = 30},
               {.name = "charlie", .id = 9},
               {.name = "bravo", .id = 100}});
    const std::uint64_t busy[] = {300, 100, 200};
    const std::uint64_t long_ago[] = {0, 9000, 5000};
    for (std::size_t guest = 0; guest < 3; ++guest) {
        pair.before.set(guest, GuestMetric::cpu_time, long_ago[guest]);
        pair.now.set(guest, GuestMetric::cpu_time, long_ago[guest] + busy[guest]);
    }
    pair.before.table(Scope::Guest).row(3).present = 0;
    pair.now.table(Scope::Guest).row(3).present = 0;
    pair.now.set(3, GuestMetric::state, static_cast<std::uint64_t>(GuestState::running));
    pair.now.set(2, GuestMetric::memory_balloon, 1ULL << 30);
    return pair;
}

Rows rows_of(const Scene& scene, ListQuery query, std::size_t first = 0, std::size_t count = 1000) {
    List list(scene, std::move(query));
    Rows rows;
    for (const RowId row : list.rows(first, count)) rows.push_back(row.row);
    return rows;
}

Rows by(std::string_view column, bool inverted = false) {
    return rows_of(scene_of(four().picture()), {.sorting = {column_by_name(View::guests, column), inverted}});
}

Sorting usual() { return {column_by_name(View::guests, "id")}; }

// The names of the guests that a filter leaves, in the order of their IDs.
std::string left_by(const std::string& text, const Scene& scene) {
    const auto filter = Filter::parse(text);
    if (!filter) return filter.error().message;
    const auto keep = [&](const RowContext& row) {
        return filter->keeps(View::guests, row, [](const RowContext& at) { return at.guest().name == "web01"; });
    };
    std::string names;
    for (const std::size_t row : rows_of(scene, {.sorting = usual(), .keep = keep})) {
        names += scene.hosts.front().picture.frame().roster->guests[row].name + ' ';
    }
    return names;
}

}  // namespace

TEST_CASE("each column has its order; what is not known comes last, also when it is reversed") {
    CHECK(by("cpu") == Rows{0, 2, 1, 3});
    CHECK(by("cpu", true) == Rows{1, 2, 0, 3});
    CHECK(by("time") == Rows{1, 2, 0, 3});
    CHECK(by("mem") == Rows{2, 0, 1, 3});
    CHECK(by("id") == Rows{0, 2, 1, 3});  // as numbers: 9 before 30 before 100
    CHECK(by("id", true) == Rows{3, 1, 2, 0});
    CHECK(by("name") == Rows{1, 3, 2, 0});
    CHECK(by("name", true) == Rows{0, 2, 3, 1});
}

TEST_CASE("block columns go by what they show") {
    Pair pair({{.name = "requests"}, {.name = "bytes", .id = 2}});
    pair.now.set(0, DiskMetric::read_ops, 50);
    pair.now.set(1, DiskMetric::read_bytes, 1 << 20);
    const Scene scene = scene_of(pair.picture());
    const Sorting sorting{column_by_name(View::guests, "blockrdrq")};
    CHECK(rows_of(scene, {.sorting = sorting}) == Rows{0, 1});
    CHECK(rows_of(scene, {.sorting = sorting, .options = {.block_bytes = true}}) == Rows{1, 0});
}

TEST_CASE("any window is the same part of the whole order") {
    const Scene scene = scene_of(many(57).picture());
    const Sorting sorting{column_by_name(View::guests, "cpu")};
    const Rows whole = rows_of(scene, {.sorting = sorting});
    REQUIRE(whole.size() == 57);
    CHECK(whole.front() == 56);
    for (std::size_t first = 0; first <= 60; first += 7) {
        const std::size_t from = std::min<std::size_t>(first, 57);
        CHECK(rows_of(scene, {.sorting = sorting}, first, 10) ==
              Rows(whole.begin() + static_cast<std::ptrdiff_t>(from),
                   whole.begin() + static_cast<std::ptrdiff_t>(std::min<std::size_t>(from + 10, 57))));
    }
}

TEST_CASE("columns are found by name in the lists that have them") {
    for (const View list : {View::guests, View::nics, View::disks, View::vcpus}) {
        for (const ColumnSpec* column : columns_of(list, true).columns)
            CHECK(column_by_name(list, column->name) == column);
    }
    CHECK(column_by_name(View::guests, "processor") == column_by_name(View::guests, "cpu"));
    CHECK(column_by_name(View::guests, "memory") == column_by_name(View::guests, "mem"));
    CHECK(column_by_name(View::guests, "CPU") == nullptr);
    CHECK(column_by_name(View::disks, "mem") == nullptr);
}

TEST_CASE("devices are rows of their guest") {
    const Scene scene = scene_of(Pair({{.name = "b", .id = 2, .disks = {"vda", "vdb"}, .nics = {}},
                                       {.name = "a", .id = 1, .disks = {"sda"}, .vcpus = 3}})
                                     .picture());
    CHECK(rows_of(scene, {.list = View::disks, .sorting = {&usual_order(View::disks)}}) == Rows{2, 0, 1});
    CHECK(rows_of(scene, {.list = View::nics, .sorting = {&usual_order(View::nics)}}) == Rows{0});
    CHECK(rows_of(scene, {.list = View::vcpus, .sorting = {column_by_name(View::vcpus, "vcpu")}}) == Rows{1, 0, 2, 3});
}

TEST_CASE("filters: terms all of which hold") {
    const Scene scene = scene_of(Pair({{.name = "web01", .id = 1},
                                       {.name = "Web02", .id = 2, .state = GuestState::paused_io},
                                       {.name = "db01", .id = 3, .state = GuestState::shut_off}})
                                     .picture());
    CHECK(left_by("", scene) == "web01 Web02 db01 ");
    CHECK(left_by("  ", scene) == "web01 Web02 db01 ");
    CHECK(left_by("WEB", scene) == "web01 Web02 ");
    CHECK(left_by("web 01", scene) == "web01 ");
    CHECK(left_by("web02|db", scene) == "Web02 db01 ");
    CHECK(left_by("!web", scene) == "db01 ");
    CHECK(left_by("/0[13]$/", scene) == "web01 db01 ");
    CHECK(left_by("state:paused", scene) == "Web02 ");
    CHECK(left_by("state:P|O", scene) == "Web02 db01 ");
    CHECK(left_by("!state:off", scene) == "web01 Web02 ");
    CHECK(left_by("state:stale", scene).empty());
    CHECK(left_by("host:VM", scene) == "web01 Web02 db01 ");
    CHECK(left_by("host:elsewhere", scene).empty());
    CHECK(left_by("is:tagged", scene) == "web01 ");
    CHECK(left_by("!is:tagged", scene) == "Web02 db01 ");
}

TEST_CASE("filters that cannot be meant are said so") {
    CHECK(Filter::parse("/[/").error().message == "/[/: no regular expression");
    CHECK(Filter::parse("state:sideways").error().message ==
          "state:sideways: must be running, paused, shut-off (off), crashed, stale, … or a letter");
    CHECK(Filter::parse("state:\x1b[2J").error().message.find('\x1b') == std::string::npos);
}

TEST_CASE("columns that do not fit are scrolled; ID, state and name stay") {
    const Scene scene = scene_of(many(3).picture());
    const ColumnSet set = columns_of(View::guests, false);
    const std::size_t last = set.columns.size() - 1;
    const auto all = columns_within(scene, set, 0, 300);
    CHECK(all.columns.size() == set.columns.size());
    CHECK_FALSE(all.more_right);
    const auto narrow = columns_within(scene, set, 0, 40);
    CHECK(narrow.columns.front() == 0);
    CHECK(narrow.columns[2] == 2);
    CHECK(narrow.columns.back() == last);
    CHECK(narrow.more_right);
    CHECK_FALSE(narrow.more_left);
    const auto scrolled = columns_within(scene, set, 2, 40);
    CHECK(scrolled.columns[1] == 1);
    CHECK(scrolled.columns[2] == 4);
    CHECK(scrolled.more_left);
    const auto end = columns_within(scene, set, 1000, 40);
    CHECK(end.columns[end.columns.size() - 2] == last - 1);
    CHECK_FALSE(end.more_right);
    CHECK(columns_within(scene, set, 0, 1).columns.size() == 4);
}
