# SPDX-License-Identifier: LGPL-2.1-or-later
"""Counts what is in QEMU's native stream, by reading it a second time, in another language: the oracle for
what must be found in BER. It knows RAM record by record; any other section ends at its footer."""
import re
import struct

START, PART, END, FULL = 1, 2, 3, 4
ZERO, MEM_SIZE, PAGE, EOS, CONTINUE, XBZRLE, COMPRESSED, FLUSH = 0x02, 0x04, 0x08, 0x10, 0x20, 0x40, 0x100, 0x200
PACKAGED, ADVISE = 7, 3


class Census:
    def __init__(self, data):
        self.data = data
        self.at = 8
        self.sections = 0
        self.names = {}
        self.capabilities = []
        self.footers = None
        self.advised = 0
        self.blocks = {}
        self.block = None
        self.record_bytes = 0  # of pages, with their headers
        self.full_bytes = self.xbzrle_bytes = self.compressed_bytes = 0
        sizes = re.findall(rb'"page_size": ?(\d+)', data[-(16 << 20):])
        self.page_size = int(sizes[-1]) if sizes else 4096
        assert data[:8] == b"QEVM\0\0\0\3"
        while self.element():
            pass

    def be(self, size):
        value = int.from_bytes(self.data[self.at:self.at + size], "big")
        self.at += size
        return value

    def counted(self):
        size = self.be(1)
        self.at += size
        return bytes(self.data[self.at - size:self.at])

    def element(self):
        kind = self.be(1)
        if kind == 0:
            return False
        if kind == 7:
            self.configuration()
        elif kind == 8:
            self.command()
        elif kind in (START, PART, END, FULL):
            return self.section(kind)
        else:
            raise ValueError(f"element {kind:#x} at {self.at - 1}")
        return True

    def configuration(self):
        size = self.be(4)
        self.at += size
        while self.data[self.at] == 5:
            self.at += 1
            name = self.counted()
            self.at += 4
            if name == b"configuration/capabilities":
                self.capabilities = [self.counted() for _ in range(self.be(4))]
            else:
                self.at += {b"configuration/target-page-bits": 4, b"configuration/uuid": 16}[name]

    def command(self):
        number, size = self.be(2), self.be(2)
        if number == ADVISE and size == 16:
            self.advised = int.from_bytes(self.data[self.at:self.at + 8], "big")
        self.at += size

    def section(self, kind):
        number = self.be(4)
        self.sections += 1
        if kind in (START, FULL):
            self.names[number] = self.counted()
            self.at += 8
        if self.names[number] == b"ram":
            self.ram()
        elif self.footers is False:
            return False  # devices, whose end cannot be known without the description
        else:
            self.find_footer(number)
        if self.footers is None:
            self.footers = self.data[self.at] == 0x7e
        if self.footers:
            assert self.be(1) == 0x7e and self.be(4) == number
        return True

    def find_footer(self, number):
        mark = b"\x7e" + struct.pack(">I", number)
        while True:
            self.at = self.data.index(mark, self.at)
            if self.plausible(self.at + 5):
                return
            self.at += 1

    def plausible(self, at):
        rest = self.data[at:at + 300]
        if rest[:1] == b"\0":
            return len(rest) == 1 or rest[1:2] == b"\6" and rest[6:7] == b"{"
        if rest[:1] in (b"\1", b"\4"):
            name = rest[6:6 + rest[5]]
            return name != b"" and all(0x20 <= c <= 0x7e for c in name)
        if rest[:1] in (b"\2", b"\3"):
            return rest[1:3] == b"\0\0"
        return rest[:2] == b"\x08\0" and 1 <= rest[2] <= 16

    def ram(self):
        data, page_size = self.data, self.page_size
        while True:
            word = self.be(8)
            flags, addr = word & (page_size - 1), word & -page_size
            if flags == EOS:
                return
            if flags == MEM_SIZE:
                self.block_list(addr)
                continue
            if flags == FLUSH:
                continue
            begin = self.at - 8
            if not flags & CONTINUE:
                self.block = self.blocks[self.counted()]
            kind = flags & ~CONTINUE
            if kind == ZERO:
                self.block["compr"] += 1
                self.at += 1
            elif kind == PAGE:
                self.block["fullpage"] += 1
                self.full_bytes += page_size
                self.at += page_size
            elif kind == XBZRLE:
                self.block["xbzrle"] += 1
                size = (data[self.at + 1] << 8) + data[self.at + 2]
                self.xbzrle_bytes += size
                self.at += 3 + size
            elif kind == COMPRESSED:
                size = self.be(4)
                self.compressed_bytes += size
                self.at += size
            else:
                raise ValueError(f"record {word:#x} at {begin}")
            self.record_bytes += self.at - begin

    def block_list(self, left):
        while left > 0:
            self.blocks[self.counted()] = {"compr": 0, "fullpage": 0, "xbzrle": 0, "hook": 0}
            left -= self.be(8)
            ahead = int.from_bytes(self.data[self.at:self.at + 8], "big")
            if ahead & (ahead - 1) == 0 and ahead & self.advised:
                self.at += 8
            if b"x-ignore-shared" in self.capabilities:
                self.at += 8
