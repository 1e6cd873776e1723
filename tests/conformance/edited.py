# SPDX-License-Identifier: LGPL-2.1-or-later
"""edited.py BEFORE AFTER: two native streams, of which one byte of a page and one integer of a device differ."""
import sys

before, after = (open(path, "rb").read() for path in sys.argv[1:])
differ = [at for at, (old, new) in enumerate(zip(before, after)) if old != new]
devices = before.rindex(b"\x7e", 0, before.index(b"\x05timer"))
pages = [at for at in differ if at < devices]
values = [at for at in differ if at > devices]

if len(before) != len(after):
    sys.exit(f"{len(before)} bytes became {len(after)}")
if len(pages) != 1 or before[pages[0]] ^ after[pages[0]] != 0xff:
    sys.exit(f"the page: {pages}")
# The first value of `timer` is an integer of eight bytes: its name, instance and version come before it.
value = before.index(b"\x05timer") + 6 + 8
old, new = (int.from_bytes(each[value:value + 8], "big") for each in (before, after))
if new - old != 1 << 20 or not all(value <= at < value + 8 for at in values):
    sys.exit(f"the value: {old} became {new}, and bytes changed at {values}")
