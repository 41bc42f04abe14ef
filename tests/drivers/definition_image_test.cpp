// virt-image descriptions: what becomes of them, and what is refused.
#include <unistd.h>
#include <filesystem>
#include <fstream>

#include <doctest/doctest.h>

#include "drivers/qemu/definitions/domain_xml.h"
#include "drivers/qemu/definitions/image.h"

using namespace virtscope;
using namespace virtscope::qemu;

namespace {

struct Fixture {
    Fixture() {
        std::string name = "/tmp/vs-image-XXXXXX";
        REQUIRE(::mkdtemp(name.data()) != nullptr);
        folder = name;
        std::ofstream(folder + "/root.raw") << std::string(1 << 20, '\0');
        std::ofstream(folder + "/cd.iso") << "iso";
    }
    ~Fixture() { std::filesystem::remove_all(folder); }
    Fixture(const Fixture&) = delete;
    Fixture& operator=(const Fixture&) = delete;

    Result<ImagePlan> plan(const std::string& text, const std::string& name = {}) const {
        return plan_image({text, folder, name, folder + "/images"});
    }
    std::string refusal(const std::string& text) const {
        const auto made = plan(text);
        return made ? "accepted" : made.error().message;
    }
    std::string folder;
};

std::string image(const std::string& drives, const std::string& disks, const std::string& devices = {},
                  const std::string& boot = "hvm") {
    return "<image><name>app</name><domain><boot type='" + boot +
           "'><guest><arch>x86_64</arch></guest><os><loader dev='hd'/></os>" + drives + "</boot><devices>" + devices +
           "</devices></domain><storage>" + disks + "</storage></image>";
}

const std::string drive = "<drive disk='root.raw' target='hda'/>";
const std::string disk = "<disk file='root.raw' use='system' format='raw'/>";

bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

}  // namespace

TEST_CASE_FIXTURE(Fixture, "an appliance's guest") {
    const auto made = plan(image(drive + "<drive disk='data'/><drive disk='cd.iso' target='hdd'/>",
                                 disk + "<disk id='data' use='scratch' size='8'/><disk file='cd.iso' format='iso'/>",
                                 "<vcpu>2</vcpu><memory>65536</memory><interface/><graphics/>"));
    REQUIRE_MESSAGE(made, made.error().message);
    REQUIRE(made->disks.size() == 3);
    CHECK(made->disks[0].base == folder + "/root.raw");
    CHECK(made->disks[0].path == folder + "/images/app/disk0.qcow2");
    CHECK(made->disks[1].base.empty());
    CHECK(made->disks[1].bytes == 8 << 20);
    CHECK_FALSE(made->disks[2].made);
    const auto guest = read_definition(made->xml);
    REQUIRE_MESSAGE(guest, guest.error().message);
    CHECK(guest->memory == std::uint64_t{64} << 20);
    CHECK(guest->vcpus == 2);
    CHECK(guest->disks[1].target == "hdb");
    CHECK(guest->disks[2].cdrom);
    CHECK(guest->boot == std::vector<std::string>{"hd"});
    CHECK(plan(image(drive, disk), "other")->name == "other");
}

TEST_CASE_FIXTURE(Fixture, "descriptions that are refused") {
    const struct {
        std::string text, why;
    } cases[] = {
        {image(drive, ""), "<storage> has no disk \"root.raw\""},
        {image(drive + drive, disk), "two drives have one disk"},
        {image(drive, disk + disk), "two disks are called root.raw"},
        {image(drive, "<disk file='../root.raw' id='root.raw'/>"), "not below"},
        {image(drive, "<disk file='/etc/shadow' id='root.raw'/>"), "not below"},
        {image(drive, "<disk file='a/../../b' id='root.raw'/>"), "not below"},
        {image("<drive disk='x'/>", "<disk id='x' use='scratch'/>"), "neither a file nor a size"},
        {image("<drive disk='gone.raw'/>", "<disk file='gone.raw'/>"), "gone.raw"},
        {image(drive, disk, "", "xen"), "nothing that QEMU can boot"},
        {image(drive, disk, "<sound/>"), "<sound> is not in the subset"},
        {image("<drive disk='root.raw' target='hda' mode='x'/>", disk), "mode of <drive>"},
        {"<domain/>", "<domain> is no <image>"},
        {"<image><name>a/b</name><domain/></image>", "<name>"},
    };
    for (const auto& [text, why] : cases) CHECK_MESSAGE(has(refusal(text), why), refusal(text) << " lacks " << why);
}

TEST_CASE_FIXTURE(Fixture, "disks are made, or none") {
    if (::access("/usr/bin/qemu-img", X_OK) != 0) {
        MESSAGE("skipped: there is no qemu-img");
        return;
    }
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(60);
    const auto made = plan(image(drive, disk));
    REQUIRE(made);
    const auto disks = make_disks(*made, deadline);
    REQUIRE_MESSAGE(disks, disks.error().message);
    CHECK(std::filesystem::exists(made->disks[0].path));
    CHECK(make_disks(*made, deadline).error().kind == ErrorKind::busy);
    // That one is an overlay: as a base it would have the guest read what its author likes.
    std::filesystem::copy(made->disks[0].path, folder + "/over.qcow2");
    const auto bad = plan(image("<drive disk='over.qcow2'/>", "<disk file='over.qcow2' format='qcow2'/>"), "bad");
    REQUIRE(bad);
    const auto refused = make_disks(*bad, deadline);
    REQUIRE_FALSE(refused);
    CHECK(has(refused.error().message, "stands alone"));
    CHECK_FALSE(std::filesystem::exists(bad->disk_folder));
    remove_disks(*made);
    CHECK_FALSE(std::filesystem::exists(made->disk_folder));
}
