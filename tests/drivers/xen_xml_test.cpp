// Xen guests as domain XML: read, written and read again.
#include <string>

#include <doctest/doctest.h>

#include "drivers/xen/libxl/mac.h"
#include "drivers/xen/libxl/xml.h"

using namespace virtscope;
using namespace virtscope::libxl;

namespace {

const std::string whole = R"(<domain type='xen'>
  <name>web &amp; more</name>
  <uuid>6b9c2f9e-0c0e-4b7c-9a55-3f1d9e0a7c11</uuid>
  <memory unit='MiB'>512</memory>
  <currentMemory unit='MiB'>256</currentMemory>
  <vcpu current='2'>4</vcpu>
  <os>
    <type>xen</type>
    <kernel>/boot/vmlinuz</kernel>
    <initrd>/boot/initrd</initrd>
    <cmdline>console=hvc0 a&lt;b</cmdline>
  </os>
  <on_reboot>rename-restart</on_reboot>
  <on_crash>preserve</on_crash>
  <devices>
    <disk type='block' device='disk'><driver name='phy'/><source dev='/dev/vg/web'/><target dev='xvda' bus='xen'/></disk>
    <disk type='file'><driver name='qemu' type='qcow2'/><source file='/x.qcow2'/><target dev='xvdb'/><readonly/><script path='block-lab'/></disk>
    <interface type='bridge'><mac address='00:16:3E:00:00:01'/><source bridge='xenbr0'/><script path='vif-lab'/><target dev='web0'/></interface>
    <console type='pty'><target type='xen' port='0'/></console>
    <graphics type='vnc' listen='127.0.0.1' port='5903'/>
  </devices>
</domain>)";

std::string why_not(std::string text, const std::string& old, const std::string& now) {
    const std::size_t at = text.find(old);
    REQUIRE(at != std::string::npos);
    const auto config = read_xml_config(text.replace(at, old.size(), now));
    return config ? "it was taken" : config.error().message;
}

void check_whole(const Config& config) {
    CHECK(config.name() == "web & more");
    CHECK(config.uuid().text() == "6b9c2f9e-0c0e-4b7c-9a55-3f1d9e0a7c11");
    CHECK(config->c_info.type == LIBXL_DOMAIN_TYPE_PV);
    CHECK(config->b_info.max_memkb == 512U << 10);
    CHECK(config->b_info.target_memkb == 256U << 10);
    CHECK(config->b_info.max_vcpus == 4);
    CHECK(libxl_bitmap_count_set(&config->b_info.avail_vcpus) == 2);
    CHECK(text_of(config->b_info.cmdline) == "console=hvc0 a<b");
    CHECK(config->on_poweroff == LIBXL_ACTION_ON_SHUTDOWN_DESTROY);
    CHECK(config->on_reboot == LIBXL_ACTION_ON_SHUTDOWN_RESTART_RENAME);
    CHECK(config->on_crash == LIBXL_ACTION_ON_SHUTDOWN_PRESERVE);
    REQUIRE(config->num_disks == 2);
    CHECK(config->disks[0].backend == LIBXL_DISK_BACKEND_PHY);
    CHECK(text_of(config->disks[0].pdev_path) == "/dev/vg/web");
    CHECK(config->disks[0].readwrite == 1);
    CHECK(config->disks[1].format == LIBXL_DISK_FORMAT_QCOW2);
    CHECK(config->disks[1].readwrite == 0);
    CHECK(text_of(config->disks[1].script) == "block-lab");
    REQUIRE(config->num_nics == 1);
    CHECK(mac_text(config->nics[0].mac) == "00:16:3e:00:00:01");
    CHECK(text_of(config->nics[0].bridge) == "xenbr0");
    CHECK(text_of(config->nics[0].ifname) == "web0");
    CHECK(text_of(config->nics[0].script) == "vif-lab");
    REQUIRE(config->num_vfbs == 1);
    CHECK(config->vfbs[0].vnc.display == 3);
}

}  // namespace

TEST_CASE("xen xml: all of a guest is read, and written so that it is read again") {
    const auto config = read_xml_config(whole);
    REQUIRE_MESSAGE(config, (config ? "" : config.error().message));
    check_whole(*config);
    const std::string again = write_xml_config(*config->get());
    const auto twice = read_xml_config(again);
    REQUIRE_MESSAGE(twice, (twice ? "" : twice.error().message));
    check_whole(*twice);
    CHECK(write_xml_config(*twice->get()) == again);
}

TEST_CASE("xen xml: what is not in the subset is refused with its line") {
    CHECK(why_not(whole, "type='xen'>", "type='kvm'>").find("virtscope knows xen") != std::string::npos);
    CHECK(why_not(whole, "<vcpu", "<cputune/><vcpu") ==
          "line 6: <cputune> is not in the subset that virtscope understands; see docs/guest-xml.md");
    CHECK(why_not(whole, "<initrd>/boot", "<initrd>boot").find("is no absolute path") != std::string::npos);
    CHECK(why_not(whole, "<kernel>/boot/vmlinuz</kernel>", "").find("the guest cannot boot") != std::string::npos);
    CHECK(why_not(whole, "00:16:3E:00:00:01", "00:16").find("address of <mac>") != std::string::npos);
    CHECK(why_not(whole, "bus='xen'", "bus='virtio'").find("virtscope knows , xen, ide") != std::string::npos);
    CHECK(why_not(whole, "<type>xen</type>", "<type>xen</type><boot dev='hd'/>")
              .find("<boot> is of guests of type hvm") != std::string::npos);
    CHECK(why_not(whole, "unit='MiB'>256", "unit='MiB'>1024").find("<currentMemory> is more than") !=
          std::string::npos);
}

TEST_CASE("xen xml: a domain of another hypervisor is told as that, whatever else it lacks") {
    const auto refused = read_xml_config("<domain type='kvm'/>");
    REQUIRE_FALSE(refused);
    CHECK(refused.error().kind == ErrorKind::unsupported);
    CHECK(refused.error().message.find("virtscope knows xen") != std::string::npos);
}

TEST_CASE("xen xml: space at the ends of a command line, as xl.cfg leaves it, is not written") {
    auto config = read_xml_config(whole);
    REQUIRE(config);
    set_text(config->get()->b_info.cmdline, " root=/dev/xvda1 quiet ");
    const std::string written = write_xml_config(*config->get());
    CHECK(written.find("<cmdline>root=/dev/xvda1 quiet</cmdline>") != std::string::npos);
    const auto again = read_xml_config(written);
    REQUIRE(again);
    CHECK(write_xml_config(*again->get()) == written);
}

TEST_CASE("xen xml: guests with an emulated machine") {
    const auto config = read_xml_config(
        "<domain type='xen'><name>w</name><memory>1048576</memory><os><type>hvm</type><boot dev='cdrom'/>"
        "<boot dev='hd'/></os><devices><disk device='cdrom'><target dev='hdc' bus='ide'/></disk>"
        "<graphics type='vnc'/></devices></domain>");
    REQUIRE_MESSAGE(config, (config ? "" : config.error().message));
    CHECK(text_of((*config)->b_info.u.hvm.boot) == "dc");
    CHECK((*config)->disks[0].format == LIBXL_DISK_FORMAT_EMPTY);
    const auto again = read_xml_config(write_xml_config(*config->get()));
    REQUIRE(again);
    CHECK(text_of((*again)->b_info.u.hvm.boot) == "dc");
    CHECK(libxl_defbool_val((*again)->b_info.u.hvm.vnc.enable));
}
