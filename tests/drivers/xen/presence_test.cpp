// Where this kernel runs, and what opening xen:/// says where it cannot work.
#include "drivers/xen/presence.h"

#include <cstdlib>
#include <doctest/doctest.h>
#include <filesystem>
#include <fstream>
#include <map>

#include "drivers/xen/open.h"

using namespace virtscope;
namespace fs = std::filesystem;

namespace {

struct Tree {
    explicit Tree(const std::map<std::string, std::string>& files) {
        char name[] = "/tmp/virtscope-xen-XXXXXX";
        root = ::mkdtemp(name);
        for (const auto& [file, text] : files) {
            fs::create_directories((root / file).parent_path());
            std::ofstream(root / file) << text;
        }
    }
    ~Tree() {
        std::error_code ignored;
        fs::remove_all(root, ignored);
    }
    Tree(const Tree&) = delete;
    Tree& operator=(const Tree&) = delete;
    xen::Presence look() const { return xen::look_around(root / "proc", root / "sys"); }
    std::string refusal() const {
        const DriverHost host{.proc = root / "proc", .sys = root / "sys", .dev = root / "dev"};
        Opened opened = open_xen("xen:///", host, {});
        if (const auto* error = std::get_if<Error>(&opened)) return error->message;
        const auto refreshed = std::get<std::unique_ptr<Driver>>(opened)->refresh(Clock::duration::zero());
        return refreshed ? "it works" : refreshed.error().message;
    }
    fs::path root;
};

// As captured in Domain-0 and in a PV guest of Xen 4.17.
const std::map<std::string, std::string> domain0{
    {"proc/xen/capabilities", "control_d\n"},         {"sys/hypervisor/type", "xen\n"},
    {"sys/hypervisor/version/major", "4\n"},          {"sys/hypervisor/version/minor", "17\n"},
    {"sys/hypervisor/version/extra", ".7\n"},         {"sys/hypervisor/guest_type", "PV\n"},
    {"sys/hypervisor/properties/features", "000228f0\n"}};

std::map<std::string, std::string> guest() {
    auto files = domain0;
    files.erase("proc/xen/capabilities");
    files["sys/hypervisor/properties/features"] = "000220f0\n";
    return files;
}

}  // namespace

TEST_CASE("Domain-0, also where no xenfs is mounted") {
    CHECK(Tree(domain0).look().role == xen::Role::dom0);
    auto unmounted = domain0;
    unmounted.erase("proc/xen/capabilities");
    CHECK(Tree(unmounted).look().role == xen::Role::dom0);
    CHECK(xen::describe(Tree(domain0).look()) == "Xen 4.17.7 (PV Domain-0)");
    CHECK(Tree(domain0).refusal().find("modprobe xen-privcmd") != std::string::npos);
}

TEST_CASE("a guest says that it is one") {
    CHECK(xen::describe(Tree(guest()).look()) == "guest of Xen 4.17.7 (PV, pv_ops)");
    CHECK(Tree(guest()).refusal().starts_with("xen:///: this is a guest of Xen 4.17.7 (PV, pv_ops), not Domain-0"));
}

TEST_CASE("no Xen: nothing is said of it") {
    const std::map<std::string, std::string> nothing;
    CHECK(xen::describe(Tree(nothing).look()).empty());
    CHECK(Tree(nothing).refusal() == "xen:///: this host does not run on Xen");
    const std::map<std::string, std::string> kvm{{"sys/hypervisor/type", "kvm\n"}};
    CHECK(Tree(kvm).look().role == xen::Role::none);
}

TEST_CASE("URIs: xen:/// is ours, xen:///system is libvirt's") {
    CHECK(std::holds_alternative<NotMine>(open_xen("xen:///system", {}, {})));
    CHECK(std::holds_alternative<NotMine>(open_xen("xen+ssh://host/system", {}, {})));
}
