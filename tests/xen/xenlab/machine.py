"""What is emulated: the machine, and the guests that are there when a test begins. QEMU's command line follows from it."""
from dataclasses import dataclass

_FOR_SPEED = "mitigations=off init_on_alloc=0 cryptomgr.notests rodata=off"  # nothing the tests are about


@dataclass(frozen=True)
class Domu:
    """A PV guest of Domain-0, called guest1, guest2 and so on."""
    load: str = "disk+net+cpu"  # none, or any of these joined by +; guest N does N times as much
    vcpus: int = 1
    disks: int = 1              # xvda, xvdb, …; 16 MiB each
    memory: int = 128           # MiB

    def words(self):
        return f"lab.domu=memory:{self.memory}/vcpus:{self.vcpus}/disks:{self.disks}/load:{self.load}"


@dataclass(frozen=True)
class Machine:
    domus: tuple = (Domu(), Domu(vcpus=2, disks=2))
    cpus: int = 1               # more are slower: each is a thread that emulates
    dom0_memory: int = 640      # MiB; its whole file system is in it
    spare_memory: int = 384     # for Xen itself, and for guests that a test starts

    def memory(self):
        return self.dom0_memory + sum(domu.memory + 16 for domu in self.domus) + self.spare_memory

    def command_line(self):
        """Less the disks, console and monitor. File names are relative to the images' folder."""
        xen = (f"console=com1 com1=115200,8n1 dom0_mem={self.dom0_memory}M,max:{self.dom0_memory}M "
               "no-real-mode spec-ctrl=no")
        linux = " ".join(["console=hvc0 panic=1 quiet rdinit=/init", _FOR_SPEED, *(domu.words() for domu in self.domus)])
        assert "," not in linux, "QEMU splits -initrd at commas"
        return ["qemu-system-x86_64", "-accel", "tcg", "-machine", "pc", "-cpu", "qemu64", "-smp", str(self.cpus),
                "-m", str(self.memory()), "-nodefaults", "-no-user-config", "-display", "none", "-no-reboot",
                "-kernel", "xen", "-append", xen, "-initrd", f"vmlinux {linux},dom0.cpio"]
