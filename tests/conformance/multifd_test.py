# SPDX-License-Identifier: LGPL-2.1-or-later
"""One multifd set, a main channel and its channels: what the verbs make of it, beside what independent readers found,
and what they say of sets that do not belong together.

    multifd_test.py QEMBER DIRECTORY NAME

DIRECTORY has expect.json and the samples; see its README.
"""
import hashlib
import json
import os
import subprocess
import sys
import tarfile
import tempfile

import samples


class Set(samples.Sample):
    def __init__(self, qember, expected, directory):
        super().__init__(os.path.basename(expected["files"][0]), expected)
        self.qember, self.directory = qember, directory
        self.main, *self.channels = [os.path.join(directory, name) for name in expected["files"]]

    def run(self, verb, *arguments, main=None, channels=None):
        # In another order than that of their ids.
        channels = list(reversed(self.channels)) if channels is None else channels
        command = [self.qember, verb, main or self.main, *arguments]
        command += ["--channels", *channels] if channels else []
        return subprocess.run(command, timeout=300, capture_output=True)

    def path(self, name):
        return os.path.join(self.directory, name)

    def check(self):
        if self.sound("check") != b"":
            self.fail("check finds something")
        self.check_info(json.loads(self.sound("info", "--json")))
        self.check_ram()
        for form in ([], ["--der"]):
            ber, plain = self.path("set.ber"), self.path("set.mig")
            self.sound("encode", "-o", ber, *form)
            self.sound("decode", "-o", plain, main=ber, channels=[])
            for stream in (ber, plain):
                if self.sound("check", main=stream, channels=[]) != b"":
                    self.fail(f"check finds something in {stream}")
                self.check_ram(main=stream, channels=[])
        unwrapped = self.path("unwrapped.mig")
        self.sound("unwrap", "-o", unwrapped)
        for a, b, option in ((self.main, plain, "--channels"), (plain, self.main, "--channels-b"),
                             (self.main, unwrapped, "--channels")):
            self.sound("diff", b, option, *self.channels, main=a, channels=[])
        for verb in ("show", "map", "ls"):
            self.sound(verb)
        # In postcopy no description comes before the registers.
        if (regs := self.run("regs")).returncode != (4 if "postcopy" in self.main else 0):
            self.fail(f"regs: exit {regs.returncode}: {regs.stderr}")
        self.check_memory()
        self.check_alone()

    def check_info(self, info):
        self.check_machine(info)
        channels, pages = self.expected["channels"], info["pages"]
        full = self.expected["main_page_records"] + sum(channel["normal_pages"] for channel in channels)
        zero = self.expected["main_zero_records"] + sum(channel["zero_pages"] for channel in channels)
        if (pages["full"], pages["zero"]) != (full, zero):
            self.fail(f"the pages are {pages}")

    def check_ram(self, **of):
        out = self.path("ram")
        self.sound("extract", "--force", "--ram", out, **of)
        with open(os.path.join(out, "index.json"), encoding="utf-8") as file:
            files = {block["block"]: block["file"] for block in json.load(file)["blocks"]}
        for block in self.expected["blocks"]:
            with open(os.path.join(out, files[block["name"]]), "rb") as file:
                if hashlib.sha256(file.read()).hexdigest() != block["sha256"]:
                    self.fail(f"the RAM of {block['name']} differs")

    def check_memory(self):
        """Any page can be read by itself."""
        for block in self.expected["blocks"]:
            where, length = block["name"] + "+0", block["length"]
            found = self.sound("read", where, str(length), "--raw")
            if hashlib.sha256(found).hexdigest() != block["sha256"]:
                self.fail(f"what is read of {block['name']} differs")

    def check_alone(self):
        ber = self.path("main.ber")
        self.sound("encode", "-o", ber, channels=[])
        back = self.sound("decode", main=ber, channels=[])
        with open(self.main, "rb") as file:
            if file.read() != back:
                self.fail("the main channel alone does not come back")
        ran = self.run("extract", "--ram", self.path("alone"), channels=[])
        if ran.returncode != 4 or b"--channels" not in ran.stderr:
            self.fail(f"extract of the main channel alone: exit {ran.returncode}: {ran.stderr}")

    def refused(self, code, named, channels, main=None):
        ran = self.run("check", main=main, channels=channels)
        said = (ran.stdout + ran.stderr).decode()
        if ran.returncode != code or named not in said:
            self.fail(f"exit {ran.returncode} where {code} is expected, with {named!r}: {said[:500]}")

    def zeroth(self):
        return next(channel["file"] for channel in self.expected["channels"] if channel["id"] == 0)

    def check_mixed(self, others):
        first, *rest = self.channels
        size = os.path.getsize(first)
        for at in (0, 1, 30, 63, 64, 100, 64 + 320, size // 2, size - 1):
            cut = self.path("cut")
            with open(first, "rb") as file, open(cut, "wb") as out:
                out.write(file.read(at))
            self.refused(3, cut, [*rest, cut])
        self.refused(1, first, [first, *self.channels])
        # What no id tells, numbers of packets do.
        self.refused(1, "channel is missing" if first.endswith(self.zeroth()) else "no channel 0", [first])
        self.refused(1, self.main, [first, self.main])
        for other in others:
            ran = self.run("check", channels=[*rest, other])
            if ran.returncode not in (1, 3):
                self.fail(f"{other} instead of {first}: exit {ran.returncode}: {ran.stdout}")


def main(qember, directory, name):
    with open(os.path.join(directory, "expect.json"), encoding="utf-8") as file:
        everything = json.load(file)
    with tempfile.TemporaryDirectory() as scratch:
        for expected in everything.values():
            if expected["kind"] == "multifd":
                with tarfile.open(os.path.join(directory, expected["packed"])) as archive:
                    archive.extractall(scratch)
        sample = Set(qember, everything[name], scratch)
        sample.check()
        of_others = [os.path.join(scratch, other["files"][1]) for key, other in everything.items()
                     if other["kind"] == "multifd" and key != name]
        sample.check_mixed(of_others)


main(*sys.argv[1:])
