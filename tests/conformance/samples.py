# SPDX-License-Identifier: LGPL-2.1-or-later
"""What tests of whole samples share."""
import lzma
import os
import sys


def unpacked(directory, name, scratch):
    """The path of DIRECTORY/NAME.mig.xz, unpacked in SCRATCH."""
    path = os.path.join(scratch, name.replace("/", "_"))
    if not os.path.exists(path):
        with lzma.open(os.path.join(directory, name + ".mig.xz")) as packed, open(path, "wb") as to:
            to.write(packed.read())
    return path


class Sample:
    """A saved VM, what verbs make of it by `run`, and what is expected of that."""

    def __init__(self, name, expected):
        self.name, self.expected = name, expected

    def fail(self, what):
        sys.exit(f"{self.name}: {what}")

    def sound(self, verb, *arguments, **of):
        ran = self.run(verb, *arguments, **of)
        if ran.returncode != 0:
            self.fail(f"{verb} {arguments}: exit {ran.returncode}: {(ran.stdout + ran.stderr)[:500]}")
        return ran.stdout

    def check_machine(self, info):
        if info["machine"] != self.expected["machine"]:
            self.fail(f"the machine is {info['machine']}")
        blocks = [(block["name"], block["length"]) for block in info["blocks"]]
        if blocks != [(block["name"], block["length"]) for block in self.expected["blocks"]]:
            self.fail(f"the blocks are {blocks}")
