// Domain XML: what is understood becomes this command line, what is not is named and refused.
#include <algorithm>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "drivers/qemu/definitions/argv.h"
#include "drivers/qemu/definitions/domain_xml.h"
#include "drivers/qemu/definitions/xml.h"

using namespace virtscope;
using namespace virtscope::qemu;

namespace {

constexpr const char* uuid = "6b9c2f9e-0c0e-4b7c-9a55-3f1d9e0a7c11";

std::string domain(const std::string& devices, const std::string& more = {}, const std::string& name = "web") {
    return "<domain type='qemu'><name>" + name + "</name><uuid>" + uuid + "</uuid><memory unit='MiB'>64</memory>" +
           more + "<devices>" + devices + "</devices></domain>";
}

std::string joined(const std::string& xml, bool kvm = false) {
    const auto guest = read_definition(xml);
    REQUIRE_MESSAGE(guest, guest.error().message);
    const auto argv = command_line_for(*guest, {"/usr/bin/qemu", "/run/web", kvm, false});
    REQUIRE_MESSAGE(argv, argv.error().message);
    std::string all;
    for (const std::string& argument : *argv) all += argument + " ";
    return all;
}

bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

std::string refusal(const std::string& xml) {
    const auto guest = read_definition(xml);
    return guest ? "accepted" : guest.error().message;
}

const std::string disk = "<disk><source file='/i/a.img'/><target dev='vda'/></disk>";

}  // namespace

TEST_CASE("the plainest guest") {
    CHECK(joined(domain("")) ==
          "/usr/bin/qemu -nodefaults -no-user-config -name guest=web,debug-threads=on -uuid " + std::string(uuid) +
              " -machine pc,accel=tcg,acpi=off -m size=65536k -smp cpus=1,maxcpus=1 -rtc base=utc "
              "-sandbox on,obsolete=deny,resourcecontrol=deny -daemonize -pidfile "
              "/run/web/pid "
              "-chardev socket,id=virtscope-monitor,path=/run/web/monitor.sock,server=on,wait=off -mon "
              "chardev=virtscope-monitor,mode=control "
              "-chardev socket,id=virtscope-control,path=/run/web/control.sock,server=on,wait=off -mon "
              "chardev=virtscope-control,mode=control "
              "-display none -device virtio-balloon-pci,id=balloon0 ");
}

TEST_CASE("each feature has its arguments") {
    const struct {
        std::string xml, argument;
    } cases[] = {
        {domain(disk),
         "-blockdev driver=raw,node-name=node-vda,read-only=off,file.driver=file,file.filename=/i/a.img -device "
         "virtio-blk-pci,drive=node-vda,id=vda "},
        {domain("<disk type='block'><driver type='qcow2' cache='none' io='native' discard='unmap'/><source "
                "dev='/dev/x'/><target dev='sda' bus='scsi'/><serial>S1</serial><boot order='2'/></disk>"),
         "-device scsi-hd,bus=scsi0.0,scsi-id=0,drive=node-sda,id=sda,serial=S1,bootindex=2 "},
        {domain("<disk device='cdrom'><target dev='hdc'/></disk>"), "-device ide-cd,bus=ide.0,unit=0,id=hdc "},
        {domain("<disk device='cdrom'><target dev='sda' bus='sata'/></disk>",
                "<os><type machine='q35'>hvm</type></os>"),
         "-device ide-cd,bus=ide.0,id=sda "},
        {domain("<interface type='user'><model type='e1000'/></interface>"),
         "-netdev user,id=net0 -device e1000,netdev=net0,id=nic0,mac=52:54:00:0a:7c:11 "},
        {domain("<interface type='bridge'><source bridge='br0'/></interface>"), "-netdev bridge,id=net0,br=br0 "},
        {domain("<interface type='ethernet'><target dev='tap3'/></interface>"),
         "-netdev tap,id=net0,ifname=tap3,script=no,downscript=no "},
        {domain("<serial type='unix'><source path='/a,b'/></serial>"),
         "-chardev socket,id=serial0,path=/a,,b,server=on,wait=off "},
        {domain("<graphics type='vnc' port='5901' listen='::1'/>"), "-vnc [::1]:1 "},
        {domain("<graphics type='vnc' autoport='yes'/>"), "-vnc 127.0.0.1:0,to=99 "},
        {domain("<video><model type='virtio'/></video>"), "-device virtio-vga "},
        {domain("<input type='tablet' bus='usb'/>"), "-device usb-tablet,bus=usb.0 "},
        {domain("<rng model='virtio'><backend model='random'>/dev/urandom</backend></rng>"),
         "-device virtio-rng-pci,rng=rng0 "},
        {domain("<channel type='unix'><target type='virtio' name='org.qemu.guest_agent.0'/></channel>"),
         "name=org.qemu.guest_agent.0 "},
        {domain("", "<os><kernel>/k</kernel><initrd>/i</initrd><cmdline>a -S b</cmdline></os>"),
         "-kernel /k -initrd /i -append a -S b "},
        {domain("", "<os><loader readonly='yes' type='pflash'>/c</loader><nvram>/v</nvram></os>"),
         "-drive if=pflash,unit=1,format=raw,file=/v "},
        {domain("", "<os><boot dev='cdrom'/><boot dev='hd'/></os>"), "-boot order=dc "},
        {domain("", "<on_reboot>destroy</on_reboot>"), "-action reboot=shutdown "},
        {domain("", "<vcpu current='2'>4</vcpu>"), "-smp cpus=2,maxcpus=4 "},
        {domain("", "<cpu mode='host-passthrough'/>"), "-cpu max "},
        {domain("", "<features><acpi/></features>"), "acpi=on"},
        {domain("", "", "a,b=c"), "-name guest=a,,b=c,debug-threads=on "},
    };
    for (const auto& [xml, argument] : cases) {
        const std::string all = joined(xml);
        CHECK_MESSAGE(has(all, argument), all << " lacks " << argument);
    }
}

TEST_CASE("lines are those of the elements, however much follows them") {
    std::string text = "<a>\n<b/>\n\n<c\n d='e'/>\n";
    for (int i = 0; i < 1000; ++i) text += "<f/>\n";
    const auto read = read_xml(text + "</a>");
    REQUIRE(read);
    CHECK(read->line == 1);
    CHECK(read->child("b")->line == 2);
    CHECK(read->child("c")->line == 5);
    CHECK(read->children.back().line == 1005);
}

TEST_CASE("what is refused is named") {
    const struct {
        std::string xml, why;
    } cases[] = {
        {domain("<hostdev/>"), "line 1: <hostdev> is not in the subset"},
        {domain("", "<devices/>"), "<devices> is there twice"},
        {domain(disk + disk), "two disks have the target vda"},
        {domain("<disk><source file='/a'/><target dev='vda'/><boot order='1'/></disk><disk><source file='/b'/><target "
                "dev='vdb'/><boot order='1'/></disk>"),
         "boot order 1"},
        {domain("", "<currentMemory unit='MiB'>65</currentMemory>"), "<currentMemory> is more"},
        {domain("", "<vcpu current='5'>4</vcpu>"), "\"5\" is no number from 1 to 4"},
        {domain("", "", "a/b"), "<name>"},
        {domain("", "", ".."), "<name>"},
        {domain("<graphics type='vnc' passwd='x'/>"), "passwd of <graphics>"},
        {domain("<disk><source file='a.img'/><target dev='vda'/></disk>"), "no absolute path"},
        {domain("<disk><source file='/a'/><target dev='vda,x=y'/></disk>"), "must be of letters"},
        {domain("<disk><source file='/a'/><source file='/b'/><target dev='vda'/></disk>"), "<source> is there twice"},
        {domain("<disk><source file='/a'/><target dev='vda'/><readonly x='1'/></disk>"), "x of <readonly>"},
        {domain("<memballoon model='virtio'/><memballoon model='none'/>"), "<memballoon> is there twice"},
        {domain("", "<features><acpi state='off'/></features>"), "state of <acpi>"},
        {domain("", "<on_reboot x='1'>destroy</on_reboot>"), "x of <on_reboot>"},
        {domain("<memballoon model='none'/>", "<currentMemory unit='MiB'>32</currentMemory>"), "needs a <memballoon>"},
        {domain("", "<os><nvram>/v</nvram></os>"), "<nvram> needs"},
        {domain("", "<os><loader readonly='yes' type='pflash'>/c</loader></os>"), "<loader> needs an <nvram>"},
        {domain("<emulator>/bin/sh</emulator>"), "qemu-system-"},
        {"<domain type='xen'><name>a</name></domain>", "type \"xen\""},
        {"<image/>", "<image> is no <domain>"},
        {"", "line"},
        {"<domain", "line 1"},
        {"<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>", "DOCTYPE"},
        {"<!DOCTYPE a SYSTEM 'http://127.0.0.1/x.dtd'><a/>", "DOCTYPE"},
        {"<a>&b;</a>", "line 1"},
    };
    for (const auto& [xml, why] : cases) CHECK_MESSAGE(has(refusal(xml), why), refusal(xml) << " lacks " << why);
}

TEST_CASE("bombs") {
    std::string deep;
    for (int i = 0; i < 100; ++i) deep += "<a>";
    CHECK(has(refusal(deep), "nested too deeply"));
    std::string wide = "<a>";
    for (int i = 0; i < 30'000; ++i) wide += "<b/>";
    CHECK(has(refusal(wide + "</a>"), "more elements"));
    CHECK(has(refusal(std::string(5 << 20, ' ')), "4 MiB"));
}

TEST_CASE("the canonical form is the same guest") {
    const std::string xml = domain(disk, "<os><cmdline>a&amp;b &lt;'&quot;</cmdline><kernel>/k</kernel></os>");
    const auto first = read_definition(xml);
    REQUIRE(first);
    const auto second = read_definition(first->xml);
    REQUIRE(second);
    CHECK(second->xml == first->xml);
    CHECK(joined(first->xml) == joined(xml));
    const auto generated = read_definition("<domain type='kvm'><name>n</name><memory>65536</memory></domain>");
    REQUIRE(generated);
    const auto again = read_definition(generated->xml);
    REQUIRE(again);
    CHECK(again->uuid == generated->uuid);
}
