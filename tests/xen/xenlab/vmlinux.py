"""Takes the ELF kernel out of a bzImage, so that nothing has to be decompressed under emulation.

Offsets: Documentation/arch/x86/boot.rst (setup_sects 0x1f1, payload_offset 0x248, payload_length 0x24c)."""
import lzma
import struct
import zlib


def vmlinux(image):
    protected = ((image[0x1F1] or 4) + 1) * 512
    offset, length = struct.unpack_from("<II", image, 0x248)
    payload = image[protected + offset:protected + offset + length]
    if payload.startswith(b"\xfd7zXZ\0"):
        kernel = lzma.LZMADecompressor().decompress(payload)  # what follows the stream is not ours
    else:
        kernel = zlib.decompressobj(31).decompress(payload)
    if not kernel.startswith(b"\x7fELF"):
        raise ValueError("the kernel's payload is no ELF file")
    return kernel
