// Guests from a configuration like xl's: what is understood, and that nothing is passed over.
#include <random>
#include <string>

#include <doctest/doctest.h>

#include "drivers/xen/libxl/cfg_read.h"
#include "drivers/xen/libxl/cpu_list.h"
#include "drivers/xen/libxl/log.h"
#include "drivers/xen/libxl/mac.h"

using namespace virtscope;
using namespace virtscope::libxl;

namespace {

const std::string least = "name = \"web\"\nkernel = \"/boot/vmlinuz\"\nmemory = 128\n";

std::string why_not(const std::string& text) {
    const auto config = read_cfg(text);
    return config ? "it was taken" : config.error().message;
}

}  // namespace

TEST_CASE("xl.cfg: a whole configuration") {
    const auto config = read_cfg(R"(# a comment with a key = 1
name = "web"
uuid = '6b9c2f9e-0c0e-4b7c-9a55-3f1d9e0a7c11'
type = "pv"
kernel = "/boot/vmlinuz"
ramdisk = "/boot/initrd"
root = "/dev/xvda1 ro"
extra = "console=hvc0 # no comment"
memory = 256; maxmem = 512
vcpus = 2
maxvcpus = 4
cpus = "0-3,^2"
cpu_weight = 512
cap = 50
disk = [ "format=raw,vdev=xvda,access=w,script=block-lab,target=/dev/loop1",
         'phy:/dev/vg/data,xvdb,r' ]
vif = [ "mac=00:16:3e:00:00:01, bridge=xenbr1, script=vif-lab,vifname=web0,ip=10.0.0.2,rate=10Mb/s", "" ]
vfb = [ "vnc=1,vnclisten=127.0.0.1:3,vncunused=0" ]
on_poweroff = "destroy"
on_reboot = "rename-restart"
on_crash = "preserve"
on_watchdog = "restart"
)");
    REQUIRE_MESSAGE(config, (config ? "" : config.error().message));
    const libxl_domain_config& got = *config->get();
    CHECK(config->name() == "web");
    CHECK(config->uuid().text() == "6b9c2f9e-0c0e-4b7c-9a55-3f1d9e0a7c11");
    CHECK(got.c_info.type == LIBXL_DOMAIN_TYPE_PV);
    CHECK(text_of(got.b_info.kernel) == "/boot/vmlinuz");
    CHECK(text_of(got.b_info.ramdisk) == "/boot/initrd");
    CHECK(text_of(got.b_info.cmdline) == "root=/dev/xvda1 ro console=hvc0 # no comment");
    CHECK(got.b_info.target_memkb == 256U << 10);
    CHECK(got.b_info.max_memkb == 512U << 10);
    CHECK(got.b_info.max_vcpus == 4);
    CHECK(libxl_bitmap_count_set(&got.b_info.avail_vcpus) == 2);
    REQUIRE(got.b_info.num_vcpu_hard_affinity == 4);
    CHECK(libxl_bitmap_count_set(&got.b_info.vcpu_hard_affinity[3]) == 3);
    CHECK(libxl_bitmap_test(&got.b_info.vcpu_hard_affinity[3], 2) == 0);
    CHECK(got.b_info.sched_params.weight == 512);
    CHECK(got.b_info.sched_params.cap == 50);
    REQUIRE(got.num_disks == 2);
    CHECK(text_of(got.disks[0].vdev) == "xvda");
    CHECK(text_of(got.disks[0].script) == "block-lab");
    CHECK(got.disks[0].readwrite == 1);
    CHECK(text_of(got.disks[1].pdev_path) == "/dev/vg/data");
    CHECK(got.disks[1].readwrite == 0);
    REQUIRE(got.num_nics == 2);
    CHECK(mac_text(got.nics[0].mac) == "00:16:3e:00:00:01");
    CHECK(text_of(got.nics[0].bridge) == "xenbr1");
    CHECK(text_of(got.nics[0].script) == "vif-lab");
    CHECK(text_of(got.nics[0].ifname) == "web0");
    CHECK(text_of(got.nics[0].ip) == "10.0.0.2");
    CHECK(got.nics[0].rate_bytes_per_interval > 0);
    CHECK(got.nics[1].devid == 1);
    REQUIRE(got.num_vfbs == 1);
    CHECK(got.num_vkbs == 1);
    CHECK(text_of(got.vfbs[0].vnc.listen) == "127.0.0.1");
    CHECK(got.vfbs[0].vnc.display == 3);
    CHECK(got.on_reboot == LIBXL_ACTION_ON_SHUTDOWN_RESTART_RENAME);
    CHECK(got.on_crash == LIBXL_ACTION_ON_SHUTDOWN_PRESERVE);
    CHECK(got.on_watchdog == LIBXL_ACTION_ON_SHUTDOWN_RESTART);
}

TEST_CASE("xl.cfg: what is left out is as xl.cfg(5) says") {
    const auto config = read_cfg(least);
    REQUIRE(config);
    CHECK_FALSE(config->uuid().is_nil());
    CHECK((*config)->b_info.max_memkb == (*config)->b_info.target_memkb);
    CHECK((*config)->b_info.max_vcpus == 1);
    CHECK((*config)->on_poweroff == LIBXL_ACTION_ON_SHUTDOWN_DESTROY);
    CHECK((*config)->on_reboot == LIBXL_ACTION_ON_SHUTDOWN_RESTART);
    CHECK((*config)->on_crash == LIBXL_ACTION_ON_SHUTDOWN_DESTROY);
    CHECK(read_cfg(least)->uuid() != config->uuid());
}

TEST_CASE("xl.cfg: guests with an emulated machine have keys of their own") {
    const auto config = read_cfg(
        "name=\"win\"\ntype=\"hvm\"\nmemory=512\nboot=\"dc\"\nserial=\"pty\"\nvnc=1\nvncdisplay=5\nusb=1\n"
        "disk=[\"/x.iso,,hdc,cdrom\"]\n");
    REQUIRE_MESSAGE(config, (config ? "" : config.error().message));
    CHECK((*config)->c_info.type == LIBXL_DOMAIN_TYPE_HVM);
    CHECK(text_of((*config)->b_info.u.hvm.boot) == "dc");
    CHECK((*config)->b_info.u.hvm.vnc.display == 5);
    CHECK((*config)->disks[0].is_cdrom == 1);
    CHECK(why_not(least + "boot = \"c\"\n").starts_with("line 4: boot: virtscope does not know this key"));
}

TEST_CASE("xl.cfg: a fault is told with its line and key") {
    CHECK(why_not(least + "\npci = [ '01:00.0' ]\n") ==
          "line 5: pci: virtscope does not know this key; see docs/xen-lifecycle.md");
    CHECK(why_not(least + "vif = [ \"mac=00:16:3e:00:00:01\",\n\"speed=3\" ]\n")
              .starts_with("line 4: vif: virtscope does not know speed"));
    CHECK(why_not(least + "vif = [ \"mac=00:16\" ]\n").starts_with("line 4: vif: mac is not like"));
    CHECK(why_not(least + "vcpus = 0\n") == "line 4: vcpus: \"0\" is no number from 1 to 512");
    CHECK(why_not(least + "vcpus = \"two\"\n") == "line 4: vcpus: \"two\" is no number from 1 to 512");
    CHECK(why_not(least + "vcpus = [ \"2\" ]\n") == "line 4: vcpus: is no string");
    CHECK(why_not(least + "maxmem = 64\n") == "line 4: maxmem: is less than memory");
    CHECK(why_not(least + "memory = 256\n") == "line 4: memory is set already in line 3");
    CHECK(why_not(least + "on_crash = \"cry\"\n").starts_with("line 4: on_crash: \"cry\" is none of destroy, restart"));
    CHECK(why_not(least + "cpus = \"3-1\"\n").starts_with("line 4: cpus: \"3-1\" is not like"));
    CHECK(why_not(least + "uuid = \"x\"\n").starts_with("line 4: uuid: is not like"));
    CHECK(why_not(least + "cmdline = \"a\"\nroot = \"b\"\n").starts_with("line 4: cmdline: cannot be there with root"));
    CHECK(why_not(least + "bootloader = \"pygrub\"\n").starts_with("line 4: bootloader: cannot be there with kernel"));
    CHECK(why_not(least + "disk = [ \"nonsense=1\" ]\n").starts_with("line 4: disk: \"nonsense=1\": "));
    CHECK(why_not("kernel = \"/k\"\nmemory = 128\n") == "name: is missing");
    CHECK(why_not("name = \"../x\"\nkernel = \"/k\"\nmemory = 128\n").starts_with("line 1: name: has /"));
    CHECK(why_not("name = \"a\"\nmemory = 128\n") == "kernel: is missing, and so is bootloader: the guest cannot boot");
    CHECK(why_not("name = \"a\"\nkernel = \"/k\"\n") == "memory: is missing");
    CHECK(why_not("name = \"a\nmemory").starts_with("the configuration is neither XML nor like xl.cfg: line"));
    CHECK(why_not(std::string("name = \"a\0\"", 11)).find("no text") != std::string::npos);
}

TEST_CASE("xl.cfg: keys are found as libxlutil reads them") {
    const auto keys = keys_of("a=1;b = [ c, 'd=2' ] # e=3\n\n f += [\n\"g=1\",\n\"h\" ]\n i=\"#\"; j='\"'\n");
    std::string all;
    for (const CfgKey& key : keys) all += key.name + ":" + std::to_string(key.line) + (key.adds ? "+ " : " ");
    CHECK(all == "a:1 b:1 f:3+ i:6 j:6 ");
}

TEST_CASE("xl.cfg: no text makes it crash") {
    std::mt19937 random(7);
    const std::string alphabet = "namememory=[]\"',;#\n+ 0123\t\xff\x01{}";
    for (int i = 0; i < 20'000; ++i) {
        std::string text = random() % 2 == 0 ? least : "";
        for (std::size_t n = random() % 40; n > 0; --n) text += alphabet[random() % alphabet.size()];
        const auto config = read_cfg(text);
        if (!config) CHECK(config.error().message.find('\n') == std::string::npos);
    }
}

TEST_CASE("lists of CPUs") {
    CHECK(read_cpu_list("0-2,7")->size() == 4);
    CHECK(*read_cpu_list("0-3,^1-2") == std::vector<unsigned>{0, 3});
    CHECK(read_cpu_list("all")->empty());
    for (const char* const bad : {"", ",", "a", "1-", "-1", "1,,2", "^1", "99999", "1 2"}) {
        CAPTURE(bad);
        CHECK_FALSE(read_cpu_list(bad));
    }
}

TEST_CASE("libxenlight's lines are told without what only its authors need") {
    CHECK(without_origin("libxl_create.c:1022:initiate_domain_create: Domain 5:no such disk\n") == "no such disk");
    CHECK(without_origin("libxl: error: it is so.") == "error: it is so");
    CHECK(without_origin("xc_domain: a\nb") == "xc_domain: a?b");
    Log log;
    xtl_log(log.logger(), XTL_INFO, -1, "xl", "nothing");
    CHECK(log.first().empty());
    xtl_log(log.logger(), XTL_WARN, -1, "xl", "%s", "a warning");
    CHECK(log.first() == "a warning");
    xtl_log(log.logger(), XTL_ERROR, ENOENT, "xl", "libxl_x.c:1:f: Domain 3:the cause");
    xtl_log(log.logger(), XTL_ERROR, -1, "xl", "what follows from it");
    CHECK(log.first() == "the cause: No such file or directory");
}
