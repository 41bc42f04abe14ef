"""Turns a Spec into QEMU's command line."""
import json
import os
from pathlib import Path

QBOOT = Path("/usr/share/qemu/qboot.rom")  # starts Linux a second sooner than SeaBIOS


def escaped(text):
    """For a value inside a comma separated option."""
    return text.replace(",", ",,")


def _disk(spec, disk, index, image):
    name = f"vd{chr(ord('a') + index)}"
    words = []
    if disk.iothread:
        words += ["-object", f"iothread,id=io-{name}"]
    cache = disk.direct or disk.aio == "native"
    if disk.form == "drive":
        words += ["-drive", f"file={escaped(image)},if=none,id=drive-{name},format=raw,aio={disk.aio},"
                            f"cache={'none' if cache else 'writeback'}"]
    else:
        words += ["-blockdev", json.dumps({
            "driver": "raw", "node-name": f"drive-{name}", "cache": {"direct": cache},
            "file": {"driver": "file", "filename": image, "aio": disk.aio, "cache": {"direct": cache}}})]
    iothread = f",iothread=io-{name}" if disk.iothread else ""
    return words + ["-device", f"{disk.device},drive=drive-{name},id={name}{iothread}"]


def _nic(nic, index, tap, fd):
    name = f"net{index}"
    if nic.kind == "user":
        backend = f"user,id=host{name}"
        mac = f"52:54:77:03:00:{index:02x}"
    else:
        source = f"fd={fd}" if nic.by_fd else f"ifname={tap.name},script=no,downscript=no"
        backend = f"tap,id=host{name},{source},vhost={'on' if nic.vhost else 'off'}"
        mac = tap.guest_mac
    return ["-netdev", backend, "-device", f"virtio-net-pci,netdev=host{name},id={name},romfile=,mac={mac}"]


def _monitor(spec, path):
    if spec.monitor == "qmp":
        return ["-qmp", f"unix:{escaped(path)},server=on,wait=off"]
    if spec.monitor == "chardev":
        return ["-chardev", f"socket,id=control,path={escaped(path)},server=on,wait=off",
                "-mon", "chardev=control,mode=control"]
    return []


def _lab_monitor(fd):
    # By descriptor: it has no path that anybody else could connect to.
    return ["-chardev", f"socket,id=lab,fd={fd}", "-mon", "chardev=lab,mode=control"]


def _start(spec, files):
    if spec.kind == "firmware":
        return ["-bios", files.firmware]
    words = ["quiet", "console=ttyS0", "panic=-1", "random.trust_cpu=on", "ipv6.disable=1"]
    words += [f"vs.{key}={value}" for key, value in spec.workload.items()]
    tap = next((tap for tap in files.taps if tap), None)
    if tap:
        words += [f"vs.host={tap.address}", f"vs.hostmac={tap.mac}", f"vs.address={tap.guest_address}"]
    console = ["-chardev", f"socket,id=console,path={escaped(files.console)}", "-serial", "chardev:console"]
    start = ["-kernel", str(files.kernel), "-initrd", str(files.initramfs), "-append", " ".join(words), *console]
    return start + (["-bios", str(QBOOT)] if QBOOT.exists() and spec.machine == "pc" else [])


def command_line(spec, files, lab_fd, tap_fds):
    """`files`: see guest.Files."""
    accel = "tcg,thread=multi" if spec.accel == "tcg" else spec.accel
    name = escaped(spec.name)
    words = [spec.program, "-name", f"guest={name},debug-threads=on" if spec.debug_threads else name,
             "-machine", spec.machine, "-accel", accel, "-m", str(spec.memory), "-smp", str(spec.vcpus),
             "-nodefaults", "-no-user-config", "-no-reboot", "-display", "none"]
    if spec.uuid:
        words += ["-uuid", spec.uuid]
    for index, (disk, image) in enumerate(zip(spec.disks, files.images)):
        words += _disk(spec, disk, index, image)
    for index, (nic, tap, fd) in enumerate(zip(spec.nics, files.taps, tap_fds)):
        words += _nic(nic, index, tap, fd)
    if spec.balloon:
        words += ["-device", "virtio-balloon-pci,id=balloon0"]
    return words + _monitor(spec, files.monitor) + _lab_monitor(lab_fd) + _start(spec, files) + spec.extra


def make_image(path, size):
    with open(path, "wb") as file:
        # Not sparse: a hole is read without any I/O of the host.
        file.write(os.urandom(4096) * (size // 4096))
