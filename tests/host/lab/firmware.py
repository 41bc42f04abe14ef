"""Firmware that does one thing: 64 KiB of it, entered 16 bytes before its end."""

_CODE = {
    "halt": b"\xfa\xf4\xeb\xfd",  # cli; hlt; jmp to the hlt
    "spin": b"\xfa\xeb\xfe",      # cli; jmp to itself
}


def image(kind):
    rom = bytearray(b"\xf4" * 65536)
    rom[0xFFF0:0xFFF0 + len(_CODE[kind])] = _CODE[kind]
    return bytes(rom)
