# SPDX-License-Identifier: LGPL-2.1-or-later
"""One saved VM as people hold it: what every verb makes of it, beside what independent readers found.

    containers_test.py QEMBER DIRECTORY NAME

DIRECTORY has expect.json and the samples; see its README.
"""
import hashlib
import json
import lzma
import os
import subprocess
import sys
import tarfile
import tempfile

import samples

# What holds no whole stream: the exit code of `check`, and what it says.
REFUSED = {
    "libvirt-12.8-dump-memory-only": (4, "an ELF file"),
    "libvirt-12.8-part-raw": (3, "libvirt save > QEVM.section"),
    "libvirt-9.0-part-gzip": (3, "gzip"),
    "libvirt-crafted-part-cut-in-header": (3, "libvirt save"),
    "libvirt-crafted-unknown-format9": (4, "found 9"),
    "libvirt-crafted-version3": (4, "found 3"),
    "plain-11.1-a.lz4": (4, "lz4 -dc"),
    "qcow2-crafted-crypt": (4, "LUKS"),
    "qcow2-nostate": (4, "of the disk alone"),
}


class Held(samples.Sample):
    def __init__(self, qember, path, expected, options, directory):
        super().__init__(f"{os.path.basename(path)} {options}", expected)
        self.qember, self.path, self.options, self.directory = qember, path, options, directory

    def run(self, verb, *arguments):
        command = [self.qember, verb, self.path, *self.options, *arguments]
        return subprocess.run(command, timeout=300, capture_output=True)

    def check(self):
        if self.sound("check") != b"":
            self.fail("check finds something")
        self.check_info(json.loads(self.sound("info", "--json")))
        if "stream_sha256" in self.expected:
            self.check_stream()
        self.check_ram()
        self.check_unwrapped()
        for verb in ("show", "map"):
            self.sound(verb)

    def check_info(self, info):
        self.check_machine(info)
        pages = info["pages"]
        if "pages_full" in self.expected:
            if (pages["full"], pages["zero"]) != (self.expected["pages_full"], self.expected["pages_zero"]):
                self.fail(f"the pages are {pages}")
        elif all("pages_set" in block for block in self.expected["blocks"]):
            if pages["full"] != sum(block["pages_set"] for block in self.expected["blocks"]):
                self.fail(f"the pages are {pages}")

    def check_stream(self):
        ber = os.path.join(self.directory, "ber")
        self.sound("encode", "-o", ber)
        back = subprocess.run([self.qember, "decode", ber], check=True, stdout=subprocess.PIPE, timeout=300).stdout
        if hashlib.sha256(back).hexdigest() != self.expected["stream_sha256"]:
            self.fail("decode does not give the stream inside")

    def check_unwrapped(self):
        """The bare stream is the one inside, and has the same RAM; so has the plain one, which is no mapped-ram."""
        bare, plain = os.path.join(self.directory, "bare"), os.path.join(self.directory, "plain")
        self.sound("unwrap", "-o", bare)
        with open(bare, "rb") as file:
            stream = file.read()
        if "padded" in self.path:
            # A volume ends in zeros, which are not of the stream.
            stream += bytes(os.path.getsize(self.path) - len(stream))
        found = hashlib.sha256(stream).hexdigest()
        if found != self.expected.get("stream_sha256", found):
            self.fail("unwrap does not give the stream inside")
        self.sound("unwrap", "--plain", "-o", plain)
        with open(plain, "rb") as file:
            if b"mapped-ram" in file.read(4096):
                self.fail("a plain stream is no mapped-ram file")
        for path in (bare, plain):
            unwrapped = Held(self.qember, path, self.expected, [], self.directory)
            if unwrapped.sound("check") != b"":
                self.fail(f"check finds something in {path}")
            unwrapped.check_ram()

    def check_ram(self):
        out = os.path.join(self.directory, "ram")
        # A block of shared memory is not in the file, and the others are written.
        left_out = any(block.get("bitmap_at") == 0 for block in self.expected["blocks"])
        ran = self.run("extract", "--force", "--ram", out)
        if ran.returncode != (4 if left_out else 0):
            self.fail(f"extract: exit {ran.returncode}: {ran.stderr[:500]}")
        with open(os.path.join(out, "index.json"), encoding="utf-8") as file:
            files = {block["block"]: block["file"] for block in json.load(file)["blocks"]}
        for block in self.expected["blocks"]:
            if block.get("bitmap_at") == 0:
                continue
            with open(os.path.join(out, files[block["name"]]), "rb") as file:
                memory = file.read()
            if hashlib.sha256(memory).hexdigest() != block["sha256"]:
                self.fail(f"the RAM of {block['name']} differs")
            self.check_pages(block["name"], memory)

    def check_pages(self, block, memory):
        """Pages that are read by themselves, where they are stored, are those of the whole."""
        size = 4096
        sent = [at for at in range(0, len(memory), size) if any(memory[at:at + size])]
        for at in sorted({*sent[:1], *sent[-1:], *sent[len(sent) // 2:][:1]}):
            page = memory[at:at + size]
            if self.sound("read", f"{block}+{at:#x}", str(len(page)), "--raw") != page:
                self.fail(f"read of {block}+{at:#x} differs")


def unpack(directory, packed, files, scratch):
    """The path of the sample; a packed one that is a sample by itself is left as it is."""
    path = os.path.join(directory, packed)
    target = os.path.join(scratch, files[0])
    if packed.endswith(".tar.xz"):
        with tarfile.open(path) as archive:
            archive.extractall(scratch)
    elif packed.endswith(".xz") and not files[0].endswith(".xz"):
        with lzma.open(path) as file, open(target, "wb") as out:
            out.write(file.read())
    else:
        return path
    return target


def main(qember, directory, name):
    with open(os.path.join(directory, "expect.json"), encoding="utf-8") as file:
        expected = json.load(file)[name]
    with tempfile.TemporaryDirectory() as scratch:
        path = unpack(directory, expected["packed"], expected["files"], scratch)
        refused = next((value for prefix, value in REFUSED.items() if name.startswith(prefix)), None)
        if refused:
            sample = Held(qember, path, expected, [], scratch)
            ran = sample.run("check")
            said = (ran.stdout + ran.stderr).decode()
            if ran.returncode != refused[0] or refused[1] not in said:
                sample.fail(f"exit {ran.returncode}: {said}")
            return
        # What xz -9 compressed takes more memory than is allowed, unless the user says so.
        options = ["--limits", "trusted"] if path.endswith("plain-11.1-a.xz") else []
        for snapshot in expected.get("snapshots", [None]):
            if snapshot is None:
                Held(qember, path, expected, options, scratch).check()
            elif "blocks" in snapshot:
                Held(qember, path, snapshot, ["--snapshot", "id:" + snapshot["id"]], scratch).check()


main(*sys.argv[1:])
